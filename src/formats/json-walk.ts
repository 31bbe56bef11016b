// What do a few places of a large JSON document hold, without holding the rest in memory?
// Places are named by a shape; everything else is passed over, and only its brackets are counted.
import { code, say } from '../domain/message.js';
import { decodeText } from './text.js';
import { Unreadable } from './unreadable.js';

export type JsonShape =
  /** The value as a whole, as `JSON.parse` gives it. */
  | { readonly kind: 'value' }
  /** An object of which only these members are wanted. `null` and other scalars are handed over as they are. */
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, JsonShape>> }
  /** A list whose items are handed over one after the other; it stands as `true` in the object around it. */
  | { readonly kind: 'list'; readonly of: JsonShape; readonly take: (item: unknown) => void };

export interface WalkSettings {
  /** Python writes `NaN` and `Infinity` into JSON; where this is true they are read as `null`. */
  readonly hasConstants: boolean;
}

/** Of one value that is kept, in characters. */
const MAX_VALUE = 64 * 1024 * 1024;
const MAX_DEPTH = 512;
const MAX_KEY = 64 * 1024;

/**
 * The document's value, cut to the shape. Throws `Unreadable`: no JSON, cut short, brackets that do not fit, a wanted
 * member that stands twice, a list where an object is due or the other way round, nested over 512 deep.
 */
export async function walkJson(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  shape: JsonShape,
  settings: WalkSettings = { hasConstants: false },
): Promise<unknown> {
  const walker = new Walker(name, shape, settings);
  for await (const text of decodeText(chunks)) walker.write(text);
  return walker.finish();
}

type Frame =
  | {
      readonly kind: 'object';
      readonly members: Readonly<Record<string, JsonShape>>;
      readonly value: Record<string, unknown>;
      key: string;
    }
  | { readonly kind: 'list'; readonly of: JsonShape; readonly take: (item: unknown) => void };

type Due = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** Where a value is being read or passed over. */
interface Raw {
  readonly use: 'keep' | 'pass' | 'key';
  readonly isText: boolean;
  pieces: string[];
  size: number;
}

class Walker {
  private readonly frames: Frame[] = [];
  private due: Due = 'value';
  private result: unknown;
  private raw: Raw | null = null;
  /** Brackets open inside the raw value. */
  private readonly open: number[] = [];
  private isString = false;
  private isEscaped = false;

  constructor(
    private readonly name: string,
    private readonly shape: JsonShape,
    private readonly settings: WalkSettings,
  ) {}

  write(text: string): void {
    let at = 0;
    while (at < text.length) at = this.raw === null ? this.step(text, at) : this.readRaw(this.raw, text, at);
  }

  finish(): unknown {
    // A number at the top has no sign that ends it.
    if (this.raw !== null && this.frames.length === 0 && this.open.length === 0 && !this.raw.isText)
      this.endRaw(this.raw);
    if (this.due !== 'nothing') throw this.fail('the JSON is cut short');
    return this.result;
  }

  private step(text: string, at: number): number {
    const sign = text.charCodeAt(at);
    if (sign === SPACE || sign === LF || sign === CR || sign === TAB) return at + 1;
    switch (this.due) {
      case 'value-or-end':
        if (sign === CLOSE_BRACKET) return this.close(at);
        return this.begin(sign, at);
      case 'value':
        return this.begin(sign, at);
      case 'key-or-end':
      case 'key':
        if (sign === CLOSE_BRACE && this.due === 'key-or-end') return this.close(at);
        if (sign !== QUOTE) throw this.malformed();
        this.raw = { use: 'key', isText: true, pieces: [], size: 0 };
        return at;
      case 'colon':
        if (sign !== COLON) throw this.malformed();
        this.due = 'value';
        return at + 1;
      case 'comma-or-end': {
        const { kind } = this.frames.at(-1)!;
        if (sign === COMMA) {
          this.due = kind === 'object' ? 'key' : 'value';
          return at + 1;
        }
        if (sign !== (kind === 'object' ? CLOSE_BRACE : CLOSE_BRACKET)) throw this.malformed();
        return this.close(at);
      }
      case 'nothing':
        throw this.fail('something follows the end of the JSON');
    }
  }

  private begin(sign: number, at: number): number {
    const shape = this.shapeDue();
    if (sign === OPEN_BRACE && shape?.kind === 'object') {
      this.enter({ kind: 'object', members: shape.members, value: {}, key: '' }, 'key-or-end');
      return at + 1;
    }
    if (sign === OPEN_BRACKET && shape?.kind === 'list') {
      this.enter({ kind: 'list', of: shape.of, take: shape.take }, 'value-or-end');
      return at + 1;
    }
    if (sign === OPEN_BRACE && shape?.kind === 'list') throw this.wrongKind('a list');
    if (sign === OPEN_BRACKET && shape?.kind === 'object') throw this.wrongKind('an object');
    if (sign === COMMA || sign === COLON || sign === CLOSE_BRACE || sign === CLOSE_BRACKET)
      throw this.malformed();
    this.raw = { use: shape === null ? 'pass' : 'keep', isText: sign === QUOTE, pieces: [], size: 0 };
    return at;
  }

  private enter(frame: Frame, due: Due): void {
    if (this.frames.length >= MAX_DEPTH) throw this.tooDeep();
    this.frames.push(frame);
    this.due = due;
  }

  /** `null`: nobody wants it. */
  private shapeDue(): JsonShape | null {
    const frame = this.frames.at(-1);
    if (frame === undefined) return this.shape;
    if (frame.kind === 'list') return frame.of;
    return Object.hasOwn(frame.members, frame.key) ? frame.members[frame.key]! : null;
  }

  /** The list or object ends here. */
  private close(at: number): number {
    const frame = this.frames.pop()!;
    this.give(frame.kind === 'object' ? frame.value : true);
    return at + 1;
  }

  private give(value: unknown): void {
    const frame = this.frames.at(-1);
    this.due = frame === undefined ? 'nothing' : 'comma-or-end';
    if (frame === undefined) this.result = value;
    else if (frame.kind === 'list') frame.take(value);
    else frame.value[frame.key] = value;
  }

  /** Reads on in a value or key that is taken as text; gives where it stopped. */
  private readRaw(raw: Raw, text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      if (this.isString) {
        at = this.skipString(text, at);
        if (this.isString) break;
        if (this.open.length === 0) return this.endAt(raw, text, from, at + 1);
        continue;
      }
      const sign = text.charCodeAt(at);
      if (sign > LAST_SIGN) {
        if (sign === OPEN_BRACE || sign === OPEN_BRACKET) this.push(sign);
        else if (sign === CLOSE_BRACE || sign === CLOSE_BRACKET) {
          if (this.open.length === 0) return this.endAt(raw, text, from, at);
          // In ASCII each bracket closes the one two places before it.
          if (this.open.pop() !== sign - 2) throw this.malformed();
          if (this.open.length === 0) return this.endAt(raw, text, from, at + 1);
        }
      } else if (sign === QUOTE) {
        if (this.open.length === 0 && at > from) throw this.malformed();
        this.isString = true;
      } else if (this.open.length === 0 && (sign === COMMA || sign <= SPACE)) {
        return this.endAt(raw, text, from, at);
      }
    }
    this.keep(raw, text.slice(from));
    return text.length;
  }

  /** Where the string ends, or the end of the text. Most of a document is strings, so this is kept tight. */
  private skipString(text: string, from: number): number {
    let at = from;
    if (this.isEscaped) {
      this.isEscaped = false;
      at += 1;
    }
    for (; at < text.length; at += 1) {
      const sign = text.charCodeAt(at);
      if (sign === QUOTE) {
        this.isString = false;
        return at;
      }
      if (sign === BACKSLASH) {
        at += 1;
        this.isEscaped = at === text.length;
      }
    }
    return text.length;
  }

  private push(sign: number): void {
    if (this.frames.length + this.open.length >= MAX_DEPTH) throw this.tooDeep();
    this.open.push(sign);
  }

  private endAt(raw: Raw, text: string, from: number, end: number): number {
    this.keep(raw, text.slice(from, end));
    this.endRaw(raw);
    return end;
  }

  private keep(raw: Raw, piece: string): void {
    if (raw.use === 'pass') return;
    raw.size += piece.length;
    if (raw.size > (raw.use === 'key' ? MAX_KEY : MAX_VALUE)) {
      throw new Unreadable(
        say`${code(this.name)}: one entry is larger than ${MAX_VALUE / 1024 / 1024} MB, or its name than 64 KB`,
        'too-large',
      );
    }
    raw.pieces.push(piece);
  }

  private endRaw(raw: Raw): void {
    this.raw = null;
    if (raw.use === 'pass') {
      this.due = 'comma-or-end';
      return;
    }
    const value = this.parse(raw.pieces.length === 1 ? raw.pieces[0]! : raw.pieces.join(''));
    if (raw.use === 'keep') {
      this.give(value);
      return;
    }
    const frame = this.frames.at(-1);
    if (frame?.kind !== 'object' || typeof value !== 'string') throw this.malformed();
    // Of two members of one name, readers disagree which one counts.
    if (Object.hasOwn(frame.members, value) && Object.hasOwn(frame.value, value))
      throw this.fail(`${JSON.stringify(value)} stands twice in one object`);
    frame.key = value;
    this.due = 'colon';
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      if (!this.settings.hasConstants) throw this.malformed();
    }
    try {
      return JSON.parse(text.replace(CONSTANTS, (found) => (found.startsWith('"') ? found : 'null')));
    } catch {
      throw this.malformed();
    }
  }

  private wrongKind(due: string): Unreadable {
    const where = this.frames
      .flatMap((frame) => (frame.kind === 'object' ? [frame.key] : []))
      .slice(-5)
      .join('.');
    return new Unreadable(
      where === ''
        ? say`${code(this.name)}: it is not ${due}`
        : say`${code(this.name)}: ${code(where)} is not ${due}`,
    );
  }

  private tooDeep(): Unreadable {
    return this.fail(`the JSON is nested more than ${MAX_DEPTH} deep`);
  }

  private malformed(): Unreadable {
    return this.fail('the JSON is malformed');
  }

  private fail(what: string): Unreadable {
    return new Unreadable(say`${code(this.name)}: ${what}`);
  }
}

/** A string as a whole, so that nothing inside one is changed, or a constant JSON does not have. */
const CONSTANTS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/gs;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [SPACE, LF, CR, TAB] = [0x20, 0x0a, 0x0d, 0x09];
/** All four brackets lie above it, everything else that matters below. */
const LAST_SIGN = 0x5a;
