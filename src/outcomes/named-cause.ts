// Which change does a fix name as the cause of what it repairs?
// `Fixes: <sha>`, `regression from #12`, `broken by <sha>`; a follow-up or a closed issue is no cause.
import { isSameName, type NamedChange } from './change-name.js';
import { readMessageParts } from './message-parts.js';
import { readNameList } from './name-list.js';

export interface NamedCause {
  readonly names: NamedChange;
  /** `fixes-trailer`: Linux's form, a SHA by rule; `sentence`: in running text. */
  readonly form: 'fixes-trailer' | 'sentence';
  /** The words read, for people. */
  readonly said: string;
}

const FIXES_TRAILER = /^Fixes:\s{1,3}([0-9a-f]{8,40})(?:\s|$)/i;
/** A name follows. */
const BLAME =
  /\b(?:regress(?:ion|ed|ions)?\s+(?:(?:was\s+)?(?:introduced|caused|added)\s+)?(?:in|from|by|since|of|with|due to|after)|(?:introduced|caused|broken|broke|regressed)\s+(?:(?:again|recently|accidentally|inadvertently|down|everything|it|this|that|here|back)\s+)?(?:in|by|since|with|after|due to)|(?:bug|bugs|breakage|failure|crash|leak|issue|error|defect|problem|race|deadlock)\s+(?:from|introduced\s+(?:in|by|with)|caused\s+by)|bisect(?:ed|s)?\s+(?:it\s+)?to|culprit\s*(?:is|was|:)?|first bad commit\s*(?:is|:)?|root cause\s*(?:is|was)?\s*:|caused-by:|introduced-by:|broken-by:|regressed-by:|regression of)/gi;
/** A name precedes: `#12 broke the build`, `a1b2c3d introduced a regression`. */
const NAME_FIRST =
  /(?<![\w/#])((?:[\w.-]{1,60}\/[\w.-]{1,60})?#\d{1,9}|[0-9a-f]{7,40}|https?:\/\/[^\s)>\]]{10,200})[)\]"'`]{0,2},?\s+(?:(?:which|that|accidentally|inadvertently|has|had|recently|unintentionally|also)\s+){0,3}(?:broke\b|introduced\s+(?:a|an|the|this|some)\s+(?:\w+\s+){0,3}?(?:regression|bug|crash|deadlock|leak|breakage|race)|regressed\b|caused\s+(?:a|an|the|this)\s+(?:\w+\s+){0,3}?(?:regression|bug|crash|breakage|failure|deadlock|leak))/gi;
const NOT_SO =
  /\b(?:not|isn't|wasn't|no longer|never|unrelated|neither|avoid|prevent|might|could|would|if|may)\s+(?:\w+\s+){0,3}$/i;
const MAX_CAUSES = 50;

/** Causes in the order they are named; the same change once. */
export function readNamedCauses(message: string): readonly NamedCause[] {
  const { subject, paragraphs } = readMessageParts(message);
  const causes: NamedCause[] = [];
  const add = (names: NamedChange, form: NamedCause['form'], said: string) => {
    const isKnown = causes.some((cause) => names.some((a) => cause.names.some((b) => isSameName(a, b))));
    if (!isKnown && causes.length < MAX_CAUSES) causes.push({ names, form, said });
  };
  for (const line of paragraphs.flat()) {
    const sha = FIXES_TRAILER.exec(line)?.[1];
    if (sha !== undefined && /\d/.test(sha))
      add([{ kind: 'sha', sha: sha.toLowerCase() }], 'fixes-trailer', line.trim());
  }
  for (const text of [subject, ...paragraphs.map((lines) => lines.join('\n'))]) {
    for (const match of text.matchAll(BLAME)) {
      if (NOT_SO.test(text.slice(Math.max(0, match.index - 60), match.index))) continue;
      const list = readNameList(text, match.index + match[0].length, false);
      for (const names of list?.changes ?? []) add(names, 'sentence', text.slice(match.index, list!.end));
    }
    for (const match of text.matchAll(NAME_FIRST)) {
      if (NOT_SO.test(text.slice(Math.max(0, match.index - 60), match.index))) continue;
      const names = readNameList(match[1]!, 0, false)?.changes[0];
      if (names !== undefined) add(names, 'sentence', match[0]);
    }
  }
  return causes;
}
