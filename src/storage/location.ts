// Where is what the app remembers? The server and the command line read it from the same two settings.

export interface StorageLocation {
  /** `null`: the embedded engine in `dataFolder`. */
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
}

export const DEFAULT_DATA_FOLDER = './data';

/** Throws with a sentence that begins with what is wrong with the value, never with the value. */
export function parseDatabaseUrl(value: string): string {
  if (!/^postgres(ql)?:\/\//.test(value))
    throw new Error('does not begin with postgres:// or postgresql://.');
  return value;
}

/** Throws naming the setting that is wrong. */
export function readLocation(env: Readonly<Record<string, string | undefined>>): StorageLocation {
  const url = env.DATABASE_URL?.trim() ?? '';
  const folder = env.DATA_FOLDER?.trim() ?? '';
  try {
    return {
      databaseUrl: url === '' ? null : parseDatabaseUrl(url),
      dataFolder: folder === '' ? DEFAULT_DATA_FOLDER : folder,
    };
  } catch (error) {
    throw new Error(`DATABASE_URL: ${(error as Error).message}`);
  }
}
