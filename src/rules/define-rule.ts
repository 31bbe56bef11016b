// What is a rule? One clause that is met or not, with settings the compiler checks against it.
import type { z } from 'zod';
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { Fact } from '../domain/fact.js';
import type { Memory, Snapshot } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';

export interface RuleContext {
  readonly snapshot: Snapshot;
  readonly authorship: AuthorshipFinding;
  readonly memory: Memory;
  readonly now: Date;
}

export interface RuleDefinition<Settings> {
  /** Kebab-case; equals the file, the doc and the test. */
  readonly name: string;
  readonly settings: z.ZodType<Settings>;
  /** Facts beyond the one query, known only from the context. Called before `evaluate`; may be empty. */
  readonly needs: (settings: Settings, context: RuleContext) => readonly Fact[];
  /** One sentence: what the rule demands with these settings. */
  readonly describe: (settings: Settings) => string;
  /** Pure and synchronous. A needed fact that is missing must never lead to `pass`. */
  readonly evaluate: (settings: Settings, context: RuleContext) => readonly Finding[];
}

/** A rule whose settings type is closed over: settings are parsed before they reach it. */
export interface Rule {
  readonly name: string;
  readonly settings: z.ZodType;
  readonly needs: (settings: unknown, context: RuleContext) => readonly Fact[];
  readonly describe: (settings: unknown) => string;
  readonly evaluate: (settings: unknown, context: RuleContext) => readonly Finding[];
}

export function defineRule<Settings>(definition: RuleDefinition<Settings>): Rule {
  const { name, settings } = definition;
  return {
    name,
    settings,
    needs: (given, context) => definition.needs(settings.parse(given), context),
    describe: (given) => definition.describe(settings.parse(given)),
    evaluate: (given, context) => definition.evaluate(settings.parse(given), context),
  };
}
