// Which trailers end a commit message or a body?
// As git reads them (https://git-scm.com/docs/git-interpret-trailers), and per commit where GitHub's squash
// merge strung several messages together: there each part ends with its own.

export interface Trailer {
  /** As written; compare in lower case. */
  readonly key: string;
  readonly value: string;
}

export interface Ending {
  readonly trailers: readonly Trailer[];
  /** Lines of the ending that are no trailers: a bare session URL, a footer. */
  readonly loose: readonly string[];
}

/** Trailers of a whole message or body; the first paragraph of a message is its subject and has none. */
export function parseTrailers(text: string, kind: 'message' | 'body'): readonly Trailer[] {
  return readEnding(text.replace(/\r\n?/g, '\n').split('\n'), kind).trailers;
}

export function readEnding(lines: readonly string[], kind: 'message' | 'body'): Ending {
  const trailers: Trailer[] = [];
  const loose: string[] = [];
  for (const [index, part] of splitSquash(lines).entries()) {
    const paragraphs = splitParagraphs(part);
    const first = kind === 'message' && (index === 0 || /^\* /.test(part[0] ?? '')) ? 1 : 0;
    let ended = false;
    for (let at = paragraphs.length - 1; at >= first; at--) {
      const paragraph = paragraphs[at] ?? [];
      const isLast = at === paragraphs.length - 1;
      const isEnding = paragraph.every(belongsToEnding);
      // Above the ending a paragraph of nothing but trailers is one too: tools add conflicts and notes below it.
      if (isLast || (isEnding && !ended) || paragraph.every(isTrailerLine)) readParagraph(paragraph);
      ended ||= !isEnding && !(isLast && paragraph.some((line) => TRAILER.test(line)));
    }
  }
  return { trailers, loose };

  function readParagraph(paragraph: readonly string[]): void {
    let open: { key: string; value: string } | null = null;
    for (const line of paragraph) {
      const match = TRAILER.exec(line);
      if (match !== null) {
        open = { key: match[1] ?? '', value: (match[2] ?? '').trim() };
        trailers.push(open);
      } else if (open !== null && /^\s+\S/.test(line)) open.value = `${open.value} ${line.trim()}`;
      else {
        open = null;
        loose.push(line);
      }
    }
  }
}

const TRAILER = /^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,3}:(?!\/\/)[ \t]{0,10}(\S.{0,1990})$/;

function isTrailerLine(line: string): boolean {
  return TRAILER.test(line) || /^\s+\S/.test(line);
}

function belongsToEnding(line: string): boolean {
  return (
    isTrailerLine(line) ||
    /^https?:\/\/\S+$/.test(line) ||
    /^\(cherry picked from commit [0-9a-f]{7,64}\)$/.test(line) ||
    /^[^\w\s]{0,8}\s?(?:Generated|Made|Created) (?:with|by) /u.test(line)
  );
}

/** Parts that begin with `* subject` after a blank line, or follow a rule, as GitHub's squash merge writes them. */
function splitSquash(lines: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  lines.forEach((line, index) => {
    const begins = /^\* \S/.test(line) && (index === 0 || (lines[index - 1] ?? '').trim() === '');
    const isRule = /^-{3,}\s*$/.test(line);
    if (begins || isRule) parts.push([]);
    if (!isRule) parts.at(-1)?.push(line);
  });
  return parts;
}

function splitParagraphs(lines: readonly string[]): readonly (readonly string[])[] {
  const paragraphs: string[][] = [];
  let open: string[] | null = null;
  for (const line of lines) {
    if (line.trim() === '') open = null;
    else if (open === null) {
      open = [line];
      paragraphs.push(open);
    } else open.push(line);
  }
  return paragraphs;
}
