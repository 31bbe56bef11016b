// The shipped catalogue and shorthands for the tests of recognition.
import { readFileSync } from 'node:fs';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { type CatalogueExample, exampleSource } from '../../src/agents/catalogue-example.js';
import { type Classified, type ClassifyOptions, classifySource } from '../../src/agents/classify.js';
import type { AuthorshipSource } from '../../src/agents/source.js';
import { NOTHING_REMEMBERED } from '../../src/domain/snapshot.js';

export const CATALOGUE = parseCatalogue(
  readFileSync(new URL('../../config/agents.yml', import.meta.url), 'utf8'),
);

export function options(changes: Partial<ClassifyOptions> = {}): ClassifyOptions {
  return {
    catalogue: CATALOGUE,
    custom: [],
    automationWorkflows: [],
    machineUsers: [],
    memory: NOTHING_REMEMBERED,
    ...changes,
  };
}

/** A fragment, judged as a row of a file: what it leaves out is not known. */
export function classify(example: CatalogueExample, changes: Partial<ClassifyOptions> = {}): Classified {
  return classifySource(exampleSource(example), options(changes));
}

export function source(example: CatalogueExample, changes: Partial<AuthorshipSource> = {}): AuthorshipSource {
  return { ...exampleSource(example), ...changes };
}
