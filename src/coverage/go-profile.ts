// What does a Go cover profile say? https://pkg.go.dev/golang.org/x/tools/cover
import { code, say } from '../domain/message.js';
import type { NamedFile } from '../formats/named-file.js';
import { eachLine } from '../formats/text.js';
import { Unreadable } from '../formats/unreadable.js';
import { type Marks, markBlock, marksOf, noteOddity } from './line-marks.js';

/** Blocks by file. Profiles of several test programs may stand in one file, each with its own `mode:` line. */
export async function readGoProfile(file: NamedFile, marks: Marks): Promise<void> {
  await eachLine(file.name, file.chunks, (line, number) => {
    if (line.startsWith('mode: ') || line.trim() === '') return;
    const match = BLOCK.exec(line);
    if (match === null) {
      throw new Unreadable(say`${code(file.name)}, line ${number}: not a block of a Go cover profile`);
    }
    const [, path, start, end, statements, count] = match;
    if (count!.startsWith('-')) noteOddity(marks, 'negative count');
    // A block without a statement has nothing to run.
    if (/^0+$/.test(statements!)) return;
    const place = line.slice(path!.length, line.lastIndexOf(' '));
    markBlock(marks, marksOf(marks, path!), place, {
      start: Number(start),
      end: Number(end),
      isRun: Number(count) > 0,
    });
  });
}

const BLOCK = /^(.{1,4096}):(\d{1,20})\.\d{1,20},(\d{1,20})\.\d{1,20} (\d{1,20}) (-?\d{1,40})$/;
