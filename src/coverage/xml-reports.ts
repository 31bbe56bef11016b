// What do the XML reports of Cobertura and JaCoCo say?
// Cobertura's form is also written by coverage.py, gcovr, coverlet and Istanbul.
import { code, say } from '../domain/message.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { readXml, type XmlAttributes } from '../formats/xml.js';
import { type FileMarks, type Marks, markLine, marksOf } from './line-marks.js';

/** https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd */
export async function readCobertura(file: NamedFile, marks: Marks): Promise<void> {
  const sources: string[] = [];
  let source: string | null = null;
  let current: FileMarks | null = null;
  await readXml(file.name, file.chunks, {
    open(name, attributes) {
      if (name === 'source') source = '';
      else if (name === 'class') {
        current = marksOf(marks, joinSource(sources, need(file, name, attributes, 'filename')));
      } else if (name === 'line') {
        if (current === null) throw outside(file, name);
        const line = needNumber(file, name, attributes, 'number');
        markLine(marks, current, line, needNumber(file, name, attributes, 'hits'));
      }
    },
    close(name) {
      if (name === 'class') current = null;
      if (name === 'source' && source !== null) {
        const text = source.trim();
        if (text !== '' && sources.length < MAX_SOURCES) sources.push(text);
        source = null;
      }
    },
    text(text) {
      if (source !== null && source.length < MAX_SOURCE) source += text;
    },
  });
}

const MAX_SOURCES = 1000;
const MAX_SOURCE = 4096;

/** With several sources nobody says which of them a file belongs to: then its name alone must do. */
function joinSource(sources: readonly string[], filename: string): string {
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(filename);
  if (isAbsolute || sources.length !== 1 || sources[0] === '.') return filename;
  return `${sources[0]!.replace(/[\\/]+$/, '')}/${filename}`;
}

/** https://www.jacoco.org/jacoco/trunk/coverage/report.dtd: a package and a file name, never the folder of sources. */
export async function readJacoco(file: NamedFile, marks: Marks): Promise<void> {
  const groups: string[] = [];
  let folder: string | null = null;
  let current: FileMarks | null = null;
  await readXml(file.name, file.chunks, {
    open(name, attributes) {
      if (name === 'group') groups.push(need(file, name, attributes, 'name'));
      else if (name === 'package') folder = need(file, name, attributes, 'name');
      else if (name === 'sourcefile') {
        if (folder === null) throw outside(file, name);
        const path = need(file, name, attributes, 'name');
        current = marksOf(marks, folder === '' ? path : `${folder}/${path}`, groups.at(-1) ?? null);
      } else if (name === 'line') {
        if (current === null) throw outside(file, name);
        const missed = needNumber(file, name, attributes, 'mi');
        const run = needNumber(file, name, attributes, 'ci');
        if (missed !== 0 || run !== 0)
          markLine(marks, current, needNumber(file, name, attributes, 'nr'), run);
      }
    },
    close(name) {
      if (name === 'group') groups.pop();
      if (name === 'package') folder = null;
      if (name === 'sourcefile') current = null;
    },
    text: () => undefined,
  });
}

function need(file: NamedFile, element: string, attributes: XmlAttributes, attribute: string): string {
  const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (value !== undefined) return value;
  throw new Unreadable(say`${code(file.name)}: an element ${code(element)} without ${code(attribute)}`);
}

function needNumber(file: NamedFile, element: string, attributes: XmlAttributes, attribute: string): number {
  const value = need(file, element, attributes, attribute).trim();
  if (NUMBER.test(value)) return Number(value);
  throw new Unreadable(
    say`${code(file.name)}: ${code(attribute)} of an element ${code(element)} is no number: ${code(value.slice(0, 40))}`,
  );
}

const NUMBER = /^-?\d{1,40}(?:\.\d{1,20})?$/;

function outside(file: NamedFile, element: string): Unreadable {
  return new Unreadable(say`${code(file.name)}: an element ${code(element)} stands where none may`);
}
