// What does an lcov tracefile say? https://manpages.debian.org/unstable/lcov/geninfo.1.en.html#FILES
import { code, say } from '../domain/message.js';
import type { NamedFile } from '../formats/named-file.js';
import { eachLine } from '../formats/text.js';
import { Unreadable } from '../formats/unreadable.js';
import { type FileMarks, type Marks, markLine, marksOf } from './line-marks.js';

/** `DA` records by `SF` file; functions, branches and unknown records are left alone. */
export async function readLcov(file: NamedFile, marks: Marks): Promise<void> {
  let current: FileMarks | null = null;
  let last = 0;
  const fail = (number: number, what: string) =>
    new Unreadable(say`${code(file.name)}, line ${number}: ${what}`);
  await eachLine(file.name, file.chunks, (line, number) => {
    last = number;
    if (line.startsWith('DA:')) {
      if (current === null) throw fail(number, 'a DA record outside a file');
      const match = DATA.exec(line);
      if (match === null) throw fail(number, 'a DA record that is none');
      markLine(marks, current, Number(match[1]), Number(match[2]));
    } else if (line.startsWith('SF:')) {
      const path = line.slice(3).trim();
      if (path === '') throw fail(number, 'an SF record without a path');
      if (current !== null) throw fail(number, 'a file begins before the one above ends');
      current = marksOf(marks, path);
    } else if (line.trim() === 'end_of_record') current = null;
  });
  if (current !== null) throw fail(last, 'the file is cut short: end_of_record is missing');
}

/** Some tools write hits as a fraction or with an exponent, and gcov's counters overflow into the negative. */
const DATA = /^DA:\s*(-?\d{1,20})\s*,\s*(-?\d{1,40}(?:\.\d{1,20})?(?:[eE]\+?\d{1,3})?)\s*(?:,.*)?$/;
