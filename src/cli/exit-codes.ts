// What does a command's exit code mean?

export const EXIT = {
  /** Fine: nothing to repair, the change would pass. */
  fine: 0,
  /** The policy or the change is at fault. */
  atFault: 1,
  /** Wrong usage, or the world failed: no such file, no network, GitHub said no. */
  failed: 2,
  /** Waiting for a human, a machine, or a fact not known here. */
  waiting: 8,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command reads from and writes to; handed in, so that tests need no process. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly color: boolean;
  /** True if a person watches standard error, so that a line may renew itself. */
  readonly terminal: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Wrong usage or a failed world: shown as one line, exit code 2. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
