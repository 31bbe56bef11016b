// Which data files does the package ship, and what is in them?
import { readFile } from 'node:fs/promises';

/** Text of `config/agents.yml`, found beside `dist/` and `src/` alike. */
export function readCatalogueText(): Promise<string> {
  return readFile(new URL('../config/agents.yml', import.meta.url), 'utf8');
}

/** The package's own version. */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Text of the App's manifest. */
export function readManifestText(): Promise<string> {
  return readFile(new URL('../app.yml', import.meta.url), 'utf8');
}
