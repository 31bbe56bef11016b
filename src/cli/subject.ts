// What does a simulation judge?
import type { PolicyFiles } from '../domain/policy-file.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { FactReader } from '../policy/evaluate-with-facts.js';

export interface Subject {
  readonly snapshot: Snapshot;
  readonly policies: PolicyFiles;
  readonly readFacts: FactReader;
}
