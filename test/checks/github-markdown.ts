// What does GitHub make of this Markdown? The page it would show, and every live thing on it.
// micromark follows CommonMark and GitHub's extensions; mentions, references, emoji and formulas are added by
// GitHub after rendering, in text outside code, and are looked for here as its documentation describes them.
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

export function renderGitHubMarkdown(markdown: string): string {
  return micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });
}

/** Names of the elements in order, `/` for an end. */
export function tagsOf(html: string): readonly string[] {
  return [...html.matchAll(/<(\/?[a-zA-Z!?][^\s>/]*)/g)].map((match) => match[1]!.toLowerCase());
}

/** What GitHub would turn into a link, a notification, an image or a formula although it is no tag yet. */
export function liveTextOf(html: string): readonly string[] {
  const texts = html
    .replace(/<(pre|code)>[\s\S]*?<\/\1>/g, '\u0000')
    .split(/<[^>]*>/)
    .map(decode);
  const patterns = [
    /@[\w-]+/, // mention, also of teams
    /#\d+/, // reference, also owner/repo#1
    /\bGH-\d+/i,
    /\bGHSA-\w/i,
    /[A-Za-z]-\d+/, // references a repository defines itself: TICKET-12
    /https?:\/\//i,
    /\bwww\./i,
    /[0-9a-f]{7,40}/i, // commit
    /:[\w+-]+:/, // emoji, some of which are images
    /\$[^$]+\$/, // formula
  ];
  return texts.flatMap((text) => patterns.flatMap((pattern) => pattern.exec(text)?.[0] ?? []));
}

/** What a reader sees, without what only GitHub sees. */
export function visibleTextOf(html: string): string {
  return decode(html.replace(/<[^>]*>/g, '')).replace(/\u200b/g, '');
}

function decode(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)))
    .replace(/&amp;/g, '&');
}
