// How is a sentence for people built from words of ours and words of strangers?
// A message keeps the two apart, so that one escaper can render it for Markdown, a title or a terminal.

/** A part of a message. `ours` is trusted wording; everything else came from outside and must be escaped. */
export type MessagePart =
  | { readonly kind: 'ours'; readonly text: string }
  | { readonly kind: 'foreign'; readonly text: string }
  /** A path, a SHA, a login, a team: shown as code where the medium can. */
  | { readonly kind: 'code'; readonly text: string };

export interface Message {
  readonly parts: readonly MessagePart[];
}

type Interpolated = string | number | MessagePart | Message;

/** Tagged template: the literal words are ours, plain interpolations are foreign. */
export function say(strings: TemplateStringsArray, ...values: readonly Interpolated[]): Message {
  const parts: MessagePart[] = [];
  strings.forEach((text, index) => {
    if (text !== '') parts.push({ kind: 'ours', text });
    const value = values[index];
    if (value === undefined) return;
    if (typeof value === 'number') parts.push({ kind: 'ours', text: String(value) });
    else if (typeof value === 'string') parts.push({ kind: 'foreign', text: value });
    else if ('parts' in value) parts.push(...value.parts);
    else parts.push(value);
  });
  return { parts };
}

/** Foreign text shown as code: a path, a SHA, a login, a team. */
export function code(text: string): MessagePart {
  return { kind: 'code', text };
}

/** Trusted wording computed at run time (a plural, a fixed word). Never give it text from outside. */
export function ours(text: string): MessagePart {
  return { kind: 'ours', text };
}

/** Joins messages or foreign strings with trusted separators: `a, b and c`. */
export function list(items: readonly (string | MessagePart | Message)[], last = 'and'): Message {
  const parts: MessagePart[] = [];
  items.forEach((item, index) => {
    if (index > 0) parts.push(ours(index === items.length - 1 ? ` ${last} ` : ', '));
    if (typeof item === 'string') parts.push({ kind: 'foreign', text: item });
    else if ('parts' in item) parts.push(...item.parts);
    else parts.push(item);
  });
  return { parts };
}

/** The bare words, for a log or a comparison. Not escaped: a title and Markdown go through `checks/escape.ts`. */
export function plain(message: Message): string {
  return message.parts.map((part) => part.text).join('');
}
