// What does a policy ask of the quality of a change: as a whole, and of the files of one zone?
import type { QualityLimits } from '../domain/zone.js';
import type { DeltaLimits } from '../quality/delta-limits.js';
import { qualityDelta } from '../rules/quality-delta.js';
import type { QualityDeltaSettings } from '../rules/quality-settings.js';
import { DEFAULTS } from './defaults.js';
import type { Demand, JudgingLayer } from './demand.js';
import type { PolicyDocument } from './schema.js';

type Section = NonNullable<PolicyDocument['quality_delta']>;

const NO_LIMITS: DeltaLimits = {
  sizeWarn: null,
  sizeFail: null,
  patchMin: null,
  missingCoverage: 'pass',
  warnBelow: null,
  failBelow: null,
};

/** Of the whole change. Without the section it is reported and limits nothing; the organisation then says nothing. */
export function generalQualityDemand({ policy, layer, mode }: JudgingLayer): readonly Demand[] {
  const section = policy.document.quality_delta;
  if (section === undefined && layer === 'organization') return [];
  const line = section === undefined ? null : policy.lineOf(['quality_delta']);
  const settings: QualityDeltaSettings = {
    limits: section === undefined ? NO_LIMITS : generalLimits(section),
    stated: section?.fail_below !== undefined,
    ignore: [...(section?.size?.ignore ?? DEFAULTS.quality_delta.size.ignore)],
    coverage: section?.coverage === undefined ? null : sourceOf(section),
    zone: null,
    line,
    paths: null,
  };
  return [{ rule: qualityDelta, settings, layer, mode: section?.mode ?? mode, line, zone: null }];
}

/** Of a zone's files, and only what the zone states. Without `paths`, which are gathered. */
export function zoneQualitySettings(
  limits: QualityLimits,
  stater: { readonly zone: string | null; readonly line: number | null },
  { policy }: JudgingLayer,
): Omit<QualityDeltaSettings, 'paths'> {
  const section = policy.document.quality_delta;
  const { size, coverage, warn_below, fail_below } = limits;
  const hasDeltaLimit = warn_below !== undefined || fail_below !== undefined;
  const isMeasured = coverage !== undefined || (hasDeltaLimit && section?.coverage !== undefined);
  return {
    limits: {
      sizeWarn: size?.warn ?? null,
      sizeFail: size?.fail ?? null,
      patchMin: shareOf(coverage?.patch_min),
      missingCoverage:
        coverage === undefined
          ? 'pass'
          : (coverage.missing ?? section?.coverage?.missing ?? DEFAULTS.quality_delta.coverage.missing),
      warnBelow: warn_below ?? null,
      failBelow: fail_below ?? null,
    },
    stated: fail_below !== undefined,
    ignore: [...(section?.size?.ignore ?? DEFAULTS.quality_delta.size.ignore)],
    coverage: isMeasured ? sourceOf(section) : null,
    zone: stater.zone,
    line: stater.line,
  };
}

/** Where only a zone names coverage, the whole change is measured too: one delta on the check and in every verdict. */
export function shareCoverage(demands: readonly Demand[]): readonly Demand[] {
  const asked = demands.filter(({ rule }) => rule === qualityDelta);
  const sourceIn = (layer: Demand['layer']) =>
    asked
      .filter((demand) => demand.layer === layer)
      .map(({ settings }) => (settings as QualityDeltaSettings).coverage)
      .find((source) => source !== null);
  return demands.map((demand) => {
    if (demand.rule !== qualityDelta) return demand;
    const settings = demand.settings as QualityDeltaSettings;
    const source = settings.coverage === null ? sourceIn(demand.layer) : undefined;
    return source === undefined ? demand : { ...demand, settings: { ...settings, coverage: source } };
  });
}

function generalLimits({ size, coverage, warn_below, fail_below }: Section): DeltaLimits {
  const defaults = DEFAULTS.quality_delta;
  return {
    sizeWarn: size?.warn ?? defaults.size.warn,
    sizeFail: size?.fail ?? defaults.size.fail,
    patchMin: shareOf(coverage?.patch_min),
    missingCoverage: coverage === undefined ? 'pass' : (coverage.missing ?? defaults.coverage.missing),
    warnBelow: warn_below ?? defaults.warn_below,
    failBelow: fail_below ?? defaults.fail_below,
  };
}

function sourceOf(section: Section | undefined) {
  const { artifact, run } = DEFAULTS.quality_delta.coverage;
  return { artifact: section?.coverage?.artifact ?? artifact, run: section?.coverage?.run ?? run };
}

/** `80%` is 0.8. */
function shareOf(percent: string | undefined): number | null {
  return percent === undefined ? null : Number.parseFloat(percent) / 100;
}
