// Which rules are there? One line each.
import { changesRequested } from './changes-requested.js';
import { completeEvidence } from './complete-evidence.js';
import type { Rule } from './define-rule.js';
import { evals } from './evals.js';
import { halt } from './halt.js';
import { humanApprovals } from './human-approvals.js';
import { naming } from './naming.js';
import { notBuilt } from './not-built.js';
import { owner } from './owner.js';
import { permissionTier } from './permission-tier.js';
import { policyFile } from './policy-file.js';
import { policyPreview } from './policy-preview.js';
import { qualityDelta } from './quality-delta.js';
import { requiredChecks } from './required-checks.js';
import { traceFields } from './trace-fields.js';
import { traceLink } from './trace-link.js';

/** In the order in which a reader should meet them. */
export const RULES = [
  policyFile,
  policyPreview,
  halt,
  completeEvidence,
  permissionTier,
  owner,
  traceLink,
  traceFields,
  requiredChecks,
  qualityDelta,
  evals,
  notBuilt,
  changesRequested,
  humanApprovals,
  naming,
] as const satisfies readonly Rule[];
