// What do the body and the messages show: session links, trailers, footers, marks?
// In the opener's own body a session link proves an agent; in a person's commit it is attribution.
import type { Evidence, TraceLink } from '../domain/authorship.js';
import { code, say } from '../domain/message.js';
import { attributionOf } from './attribution.js';
import { automationOf, branchName, REVERT_BRANCH } from './identity-evidence.js';
import { type OwnText, readOwnText } from './own-text.js';
import type { Recognizer } from './recognize.js';
import { findUrls, isSessionHost } from './session-links.js';
import type { Points, TextMark } from './signature.js';
import type { AuthorshipSource, SourceCommit } from './source.js';
import { readEnding, type Trailer } from './trailers.js';

export interface TextFindings {
  readonly evidence: readonly Evidence[];
  readonly traceLinks: readonly TraceLink[];
}

const MAX_MARK_LINES = 5_000;

export function textEvidence(source: AuthorshipSource, recognizer: Recognizer): TextFindings {
  const collected = source.commits.map((commit) => messageFindings(commit, recognizer));
  const body = bodyFindings(source, recognizer);
  return {
    evidence: dropRepeated([...collected.flatMap((one) => one.evidence), ...body.evidence]),
    traceLinks: dropRepeatedLinks([...collected.flatMap((one) => one.traceLinks), ...body.traceLinks]),
  };
}

function messageFindings(commit: SourceCommit, recognizer: Recognizer): TextFindings {
  if (commit.message === null) return { evidence: [], traceLinks: [] };
  const subject = commit.message.slice(0, 300).split('\n')[0] ?? '';
  const own = readOwnText(commit.message, { kind: 'message', title: subject, blocks: [] });
  const { trailers, loose } = readEnding(own.withoutCode, 'message');
  const { signatures } = recognizer;
  const bare = findUrls(
    loose.filter((line) => /^https:\/\/\S+$/i.test(line.trim())),
    signatures,
  );
  const evidence = [
    ...trailers.flatMap((trailer) => trailerEvidence(trailer, commit, recognizer)),
    ...bare.flatMap((found): readonly Evidence[] =>
      found.signature === null
        ? []
        : [
            mark(
              'trailer',
              'assisted',
              found.signature.name,
              say`session ${code(found.url)} in a commit`,
              commit,
            ),
          ],
    ),
    ...markEvidence(own, recognizer, 'message', commit),
  ];
  return {
    evidence,
    traceLinks: [
      ...trailers.flatMap((trailer) => trailerLinks(trailer, recognizer, 'trailer')),
      ...bare
        .filter((found) => found.signature !== null)
        .map(
          (found): TraceLink => ({
            url: found.url,
            where: 'trailer',
            signature: found.signature?.name ?? null,
          }),
        ),
    ],
  };
}

function bodyFindings(source: AuthorshipSource, recognizer: Recognizer): TextFindings {
  if (source.body === null || quotesOthers(source, recognizer)) return { evidence: [], traceLinks: [] };
  const { catalogue, signatures } = recognizer;
  const own = readOwnText(source.body, { kind: 'body', title: source.title, blocks: catalogue.blocks });
  const urls = findUrls(own.withoutCode, signatures);
  const trailers = readEnding(own.withoutCode, 'body').trailers;
  const everywhere = own.withoutCode.flatMap((line) => readEnding([line], 'body').trailers);
  return {
    evidence: [
      ...urls.flatMap((found): readonly Evidence[] =>
        found.signature === null
          ? []
          : [
              mark(
                'session-link',
                'agent',
                found.signature.name,
                say`session ${code(found.url)} in the body`,
                null,
              ),
            ],
      ),
      ...everywhere.flatMap((trailer) => trailerEvidence(trailer, null, recognizer)),
      ...markEvidence(own, recognizer, 'body', null),
    ],
    traceLinks: [
      ...trailers.flatMap((trailer) => trailerLinks(trailer, recognizer, 'body')),
      // A link to an agent's host that is no session of it (documentation, a dashboard) is no trace.
      ...urls
        .filter((found) => found.signature !== null || !isSessionHost(found.url, catalogue))
        .map(
          (found): TraceLink => ({ url: found.url, where: 'body', signature: found.signature?.name ?? null }),
        ),
    ],
  };
}

/** Dependency bots paste release notes, and the Revert button's body stands for somebody else's change. */
function quotesOthers(source: AuthorshipSource, recognizer: Recognizer): boolean {
  const branch = branchName(source.headRef);
  if (branch !== null && REVERT_BRANCH.test(branch)) return true;
  const bot = automationOf(source, recognizer);
  // Under the account of GitHub Actions an agent may be writing.
  return bot !== null && !bot.needsWorkflow;
}

function trailerEvidence(
  trailer: Trailer,
  commit: SourceCommit | null,
  recognizer: Recognizer,
): readonly Evidence[] {
  return attributionOf(trailer, recognizer).map(({ kind, points, signature }) =>
    mark(kind, points, signature, say`${code(`${trailer.key}: ${trailer.value}`.slice(0, 200))}`, commit),
  );
}

function trailerLinks(
  trailer: Trailer,
  { signatures }: Recognizer,
  where: TraceLink['where'],
): readonly TraceLink[] {
  const key = trailer.key.toLowerCase();
  const isOurs = key === 'agent-trace';
  const isTheirs = signatures.some((one) => one.trailers.some((known) => known.key === key));
  if (!isOurs && !isTheirs) return [];
  const found = findUrls([trailer.value], signatures);
  if (found.length > 0)
    return found.map((one) => ({ url: one.url, where, signature: one.signature?.name ?? null }));
  // A link that is not https is told as such by the rule that asks for it.
  const other = /^[a-z][a-z0-9+.-]{0,20}:\/\/\S{1,1000}$/i.exec(trailer.value)?.[0];
  return other === undefined ? [] : [{ url: other, where, signature: null }];
}

function markEvidence(
  own: OwnText,
  { signatures }: Recognizer,
  where: 'body' | 'message',
  commit: SourceCommit | null,
): readonly Evidence[] {
  const lines = own.lines
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_MARK_LINES)
    .map(stripOrnament);
  // Text is wrapped at 72 columns by some tools: a mark may go on in the next line.
  const candidates = lines.map((line, index) => `${line} ${lines[index + 1] ?? ''}`);
  return signatures.flatMap((signature) => [
    ...firstMark(signature.lines, candidates).map((found) => {
      // Words alone prove an agent only where the opener speaks for the whole change.
      const points: Points = where === 'body' ? found.mark.points : 'assisted';
      return mark('body', points, signature.name, say`the words ${code(found.text.slice(0, 120))}`, commit);
    }),
    ...firstMark(signature.comments, own.comments).map((found) => {
      const points: Points = where === 'body' ? found.mark.points : 'assisted';
      return mark('body', points, signature.name, say`the mark ${code(found.text.slice(0, 120))}`, commit);
    }),
  ]);
}

function firstMark(
  marks: readonly TextMark[],
  texts: readonly string[],
): readonly { mark: TextMark; text: string }[] {
  return marks.flatMap((mark) => {
    const text = texts.find((one) => mark.pattern.test(one));
    return text === undefined ? [] : [{ mark, text }];
  });
}

/** Drops what may stand before a footer: emoji, emphasis, list marks, tags. Quotation marks and code stay. */
function stripOrnament(line: string): string {
  return line.slice(0, 1_000).replace(/^(?:<[^<>]{1,200}>|[^\p{L}\p{N}[<"'`“‘«(@]){1,30}/u, '');
}

function mark(
  kind: Evidence['kind'],
  points: Points,
  signature: string,
  what: Evidence['what'],
  commit: SourceCommit | null,
): Evidence {
  return { kind, strength: 'claimed', points, signature, what, commit: commit?.sha ?? null };
}

function dropRepeated(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Map<string, Evidence>();
  for (const one of evidence) {
    const key = `${one.kind} ${one.points} ${one.signature}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

function dropRepeatedLinks(links: readonly TraceLink[]): readonly TraceLink[] {
  return [...new Map(links.toReversed().map((link) => [link.url, link])).values()].toReversed();
}
