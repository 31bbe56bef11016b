// Does a trailer name an agent? At most attribution, unless the catalogue says the trailer proves more.
import type { EvidenceKind } from '../domain/authorship.js';
import type { Recognizer } from './recognize.js';
import type { Points, Signature } from './signature.js';
import type { Trailer } from './trailers.js';

export interface Attribution {
  readonly kind: Extract<EvidenceKind, 'co-author' | 'trailer'>;
  readonly points: Points;
  readonly signature: string;
}

/** Trailers that name who took part, as `Name <e-mail>`. */
const PERSON_KEYS = ['co-authored-by', 'co-developed-by', 'signed-off-by'];
/** Trailers that name a tool: `Assisted-by: Crush:model`, after the Linux kernel's coding-assistants.rst. */
const TOOL_KEYS = ['assisted-by', 'generated-by', 'ai-assisted-by', 'ai-generated-by'];
/** This product's own declarations. */
const OUR_KEYS = ['agent-trace', 'agent-model', 'agent-workflow', 'agent-cost'];

export function attributionOf(trailer: Trailer, recognizer: Recognizer): readonly Attribution[] {
  const key = trailer.key.toLowerCase();
  const value = trailer.value.slice(0, 1_000);
  const own = recognizer.signatures.flatMap((signature) =>
    signature.trailers
      .filter((known) => known.key === key && (known.value === null || known.value.test(value)))
      .map((known): Attribution => ({ kind: 'trailer', points: known.points, signature: signature.name })),
  );
  if (own.length > 0) return own;
  const isTool = TOOL_KEYS.includes(key);
  if (isTool || PERSON_KEYS.includes(key)) {
    const person = readPerson(value);
    const recognized =
      person === null ? null : recognizer.identity({ name: person.name, email: person.email, account: null });
    if (recognized?.is === 'agent')
      return [
        {
          kind: key === 'co-authored-by' ? 'co-author' : 'trailer',
          points: 'assisted',
          signature: recognized.signature.name,
        },
      ];
    return isTool && person === null ? toolAttribution(value, recognizer.signatures) : [];
  }
  if (OUR_KEYS.includes(key)) return [{ kind: 'trailer', points: 'assisted', signature: 'agent-trace' }];
  return [];
}

/** Co-authors of a trailer value, or `null` if it has no e-mail. */
export function readPerson(value: string): { readonly name: string; readonly email: string } | null {
  const match = /^([^<]{0,300})<([^<>\s]{3,300})>/.exec(value);
  return match === null ? null : { name: (match[1] ?? '').trim(), email: match[2] ?? '' };
}

function toolAttribution(value: string, signatures: readonly Signature[]): readonly Attribution[] {
  const match = /^([A-Za-z][\w .-]{0,60}?)\s*(?:(:)\s?\S|[([,]|$)/.exec(value);
  const tool = (match?.[1] ?? '').trim().toLowerCase();
  if (tool === '') return [];
  const known = signatures.find((signature) => signature.toolNames.includes(tool));
  if (known !== undefined) return [{ kind: 'trailer', points: 'assisted', signature: known.name }];
  // `TOOL:MODEL` is the kernel's form; a bare name may be a person's.
  return match?.[2] === ':'
    ? [{ kind: 'trailer', points: 'assisted', signature: tool.replace(/[^a-z0-9]+/g, '-') }]
    : [];
}
