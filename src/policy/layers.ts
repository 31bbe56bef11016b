// Which policies stand above this change, and could they be read?
import type { PolicyFile, PolicyFiles } from '../domain/policy-file.js';
import { POLICY_PATH } from '../domain/policy-file.js';
import type { RepositoryFacts } from '../domain/snapshot.js';
import type { LayerReport, PolicyStatus } from '../domain/verdict.js';
import { type LoadedPolicy, type ParsedPolicy, parsePolicyFile } from './parse.js';

export interface PolicyLayer {
  readonly layer: 'repository' | 'organization';
  readonly report: LayerReport;
  /** Nobody can say whether there is one. */
  readonly notVisible: boolean;
  /** `null` unless valid. */
  readonly policy: LoadedPolicy | null;
}

export interface PolicyLayers {
  readonly repository: PolicyLayer;
  readonly organization: PolicyLayer;
}

export function readLayers(
  files: PolicyFiles,
  repository: RepositoryFacts,
  knownAgents: readonly string[],
): PolicyLayers {
  return {
    repository: readLayer('repository', POLICY_PATH, files.repository, knownAgents),
    organization: readLayer(
      'organization',
      `${repository.owner}/.github: ${POLICY_PATH}`,
      files.organization,
      knownAgents,
    ),
  };
}

/** The policy in a file; `null` unless it was found and is valid. */
export function readValid(file: PolicyFile, knownAgents: readonly string[]): LoadedPolicy | null {
  if (file.kind !== 'found') return null;
  const read = parseFound(file, knownAgents);
  return read.ok ? read.policy : null;
}

/** Neither layer has a policy, so nothing is asked of anybody. */
export function isNothingAsked({ repository, organization }: PolicyLayers): boolean {
  return [repository, organization].every(({ report }) => report.status.kind === 'absent');
}

function readLayer(
  layer: 'repository' | 'organization',
  file: string,
  found: PolicyFile,
  knownAgents: readonly string[],
): PolicyLayer {
  const base = { layer, notVisible: found.kind === 'not-visible', policy: null };
  switch (found.kind) {
    case 'absent':
    case 'not-visible':
      return { ...base, report: report({ kind: 'absent' }, null, null) };
    case 'unreadable':
      return { ...base, report: report({ kind: 'unreadable', why: found.why }, null, null) };
    case 'found': {
      const parsed = parseFound(found, knownAgents);
      if (!parsed.ok) {
        return {
          ...base,
          report: report({ kind: 'invalid', problems: parsed.problems }, found.sha, parsed.digest),
        };
      }
      const { policy } = parsed;
      return {
        ...base,
        policy,
        report: report({ kind: 'valid', problems: policy.warnings }, found.sha, policy.digest),
      };
    }
  }

  function report(status: PolicyStatus, sha: string | null, digest: string | null): LayerReport {
    return { layer, file, status, sha, digest };
  }
}

/** The same text gives the same policy, and compiling its zones costs more than judging by them. */
const parsed = new Map<string, ParsedPolicy>();
const KEPT = 50;

function parseFound(
  file: Extract<PolicyFile, { kind: 'found' }>,
  knownAgents: readonly string[],
): ParsedPolicy {
  if (file.text === null) return parsePolicyFile(file, { knownAgents });
  const key = `${knownAgents.join(' ')}\n${file.text}`;
  const kept = parsed.get(key);
  if (kept !== undefined) return kept;
  const fresh = parsePolicyFile(file, { knownAgents });
  const oldest = parsed.size >= KEPT ? parsed.keys().next().value : undefined;
  if (oldest !== undefined) parsed.delete(oldest);
  parsed.set(key, fresh);
  return fresh;
}
