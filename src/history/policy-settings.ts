// What does the repository's policy say about reading its history: agents of its own, files that do not count?
import { type Catalogue, knownAgentNames } from '../agents/catalogue.js';
import { createClassifier } from '../agents/classify.js';
import { customSignatures } from '../agents/custom.js';
import type { PolicyFile } from '../domain/policy-file.js';
import { NOTHING_REMEMBERED } from '../domain/snapshot.js';
import { readValid } from '../policy/layers.js';
import type { RecordSettings } from './record-change.js';

/** Of a policy that is absent, broken or unreadable nothing is taken: the history is read all the same. */
export function settingsOfPolicy(
  file: PolicyFile,
  catalogue: Catalogue,
): Pick<RecordSettings, 'classify' | 'ignore'> {
  const document = readValid(file, knownAgentNames(catalogue))?.document;
  return {
    classify: createClassifier({
      catalogue,
      custom: customSignatures(document?.agents ?? {}),
      automationWorkflows: document?.automation_workflows ?? [],
      machineUsers: document?.machine_users ?? [],
      memory: NOTHING_REMEMBERED,
    }),
    ignore: document?.quality_delta?.size?.ignore ?? [],
  };
}
