// Which mode does each changed file have, and what was it called before?
import { parseUnifiedDiff } from './unified-diff.js';

export interface FileMode {
  /** `100644`, `100755`, `120000` symlink, `160000` submodule. A special mode on either side counts. */
  readonly mode: string;
  /** Former path of a renamed or copied file, else `null`. */
  readonly previousPath: string | null;
}

const SPECIAL = ['160000', '120000'];

/** Modes by path, of a raw diff. `null`: the diff is cut short, or leaves out a mode. */
export function readFileModes(diffText: string): ReadonlyMap<string, FileMode> | null {
  const files = parseUnifiedDiff(diffText);
  if (files === null) return null;
  const modes = new Map<string, FileMode>();
  for (const { newPath, oldPath, oldMode, newMode, status } of files) {
    // A file that becomes a symlink stands in the diff twice, removed and added.
    const seen = [modes.get(newPath)?.mode, oldMode, newMode].filter(
      (mode) => mode !== null && mode !== undefined,
    );
    const mode = SPECIAL.find((special) => seen.includes(special)) ?? newMode ?? oldMode;
    // A rename without a change of content or mode has neither `index` nor mode line: a plain move.
    if (mode === null && status !== 'renamed' && status !== 'copied') return null;
    const moved = status === 'renamed' || status === 'copied';
    if (mode !== null) modes.set(newPath, { mode, previousPath: moved ? oldPath : null });
  }
  return modes;
}
