// Can the app do its work, and what does `/readyz` show?

/** Rejects while its part cannot work; what it resolves with is shown under its name. */
export type ReadinessCheck = () => Promise<unknown>;

export interface Readiness {
  /** One more part that must work before the app counts as ready. */
  add(name: string, check: ReadinessCheck): void;
  /** What every part shows. Rejects with an error that names the parts that do not work. */
  check(): Promise<Readonly<Record<string, unknown>>>;
}

export function createReadiness(checks: Readonly<Record<string, ReadinessCheck>>): Readiness {
  const parts = new Map(Object.entries(checks));
  return {
    add(name, check) {
      parts.set(name, check);
    },
    async check() {
      const names = [...parts.keys()];
      const results = await Promise.allSettled([...parts.values()].map((check) => check()));
      const failed = results.flatMap((result, index) =>
        result.status === 'rejected' ? [`${names[index]}: ${(result.reason as Error).message}`] : [],
      );
      if (failed.length > 0) throw new Error(failed.join('; '));
      return Object.fromEntries(
        results.map((result, index) => [names[index], (result as PromiseFulfilledResult<unknown>).value]),
      );
    },
  };
}
