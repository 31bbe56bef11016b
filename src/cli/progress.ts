// How far has a long reading come? A line that renews itself on a terminal, a line now and then elsewhere.
// Nothing at all is said of what is done within two seconds.
import type { CommandIo } from './exit-codes.js';

export interface Progress {
  show(done: number, all: number, unit: string, more?: string): void;
  /** Leaves the last line standing. */
  close(): void;
}

const QUIET_MS = 2_000;
const EVERY_MS = { terminal: 100, plain: 10_000 } as const;
const BAR = 20;

export function openProgress(
  io: Pick<CommandIo, 'stderr' | 'terminal'>,
  title: string,
  clock: () => number = Date.now,
): Progress {
  const started = clock();
  let shownAt = Number.NEGATIVE_INFINITY;
  let isOpen = false;
  return {
    show(done, all, unit, more = '') {
      const now = clock();
      if (now - started < QUIET_MS) return;
      if (now - shownAt < (io.terminal ? EVERY_MS.terminal : EVERY_MS.plain)) return;
      shownAt = now;
      const share = all <= 0 ? 1 : Math.min(1, done / all);
      const words = `${count(done)} of ${count(all)} ${unit}${more === '' ? '' : ` · ${more}`}`;
      if (!io.terminal) {
        io.stderr(`${title}: ${words}\n`);
        return;
      }
      const full = Math.floor(share * BAR);
      isOpen = true;
      io.stderr(`\r\u001b[2K${title} ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${words}`);
    },
    close() {
      if (isOpen) io.stderr('\n');
      isOpen = false;
    },
  };
}

/** `1,204`. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}
