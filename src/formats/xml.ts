// Which elements does an XML file from a stranger have, one after the other, without holding it in memory?
import sax from 'sax';
import { code, say } from '../domain/message.js';
import { decodeText } from './text.js';
import { Unreadable } from './unreadable.js';

export type XmlAttributes = Readonly<Record<string, string>>;

export interface XmlHandler {
  /** `depth` of the root is 1. */
  open(name: string, attributes: XmlAttributes, depth: number): void;
  close(name: string, depth: number): void;
  /** Text and CDATA, possibly in pieces. */
  text(text: string): void;
}

const MAX_DEPTH = 256;
const MAX_ATTRIBUTES = 256;
/** Of one attribute or name: test runners write whole stack traces into an attribute. */
const MAX_VALUE = 1024 * 1024;
(sax as { MAX_BUFFER_LENGTH?: number }).MAX_BUFFER_LENGTH = MAX_VALUE;

/**
 * Reads well-formed XML. The five entities of XML itself and numeric ones are understood; a document type that
 * declares anything is refused, so nothing can be expanded, and none is ever fetched. Throws `Unreadable`.
 */
export async function readXml(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
): Promise<void> {
  const parser = sax.parser(true, { lowercase: false, trim: false, normalize: false, position: true });
  const fail = (what: string) =>
    new Unreadable(say`${code(name)}, line ${parser.line + 1}: ${what.slice(0, 200)}`);
  let depth = 0;
  let attributes = 0;
  let isRootSeen = false;
  parser.onerror = (error) => {
    throw fail(error.message.split('\n')[0]!);
  };
  parser.ondoctype = (doctype) => {
    if (/\[|<!/.test(doctype)) throw fail('a document type that declares something of its own is not read');
  };
  parser.onopentagstart = () => {
    attributes = 0;
  };
  parser.onattribute = () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) throw fail(`an element has more than ${MAX_ATTRIBUTES} attributes`);
  };
  parser.onopentag = (tag) => {
    depth += 1;
    if (depth === 1 && isRootSeen) throw fail('it has a second root element');
    isRootSeen = true;
    if (depth > MAX_DEPTH) throw fail(`elements are nested more than ${MAX_DEPTH} deep`);
    handler.open(tag.name, tag.attributes as XmlAttributes, depth);
  };
  parser.onclosetag = (tag) => {
    handler.close(tag, depth);
    depth -= 1;
  };
  parser.ontext = (text) => handler.text(text);
  parser.oncdata = (text) => handler.text(text);
  for await (const text of decodeText(chunks)) parser.write(text);
  if (!isRootSeen) throw fail('there is no element in it');
  parser.close();
}
