// Is one human or team accountable for this agent's change, and able to act on it?
import { z } from 'zod';
import type { Fact } from '../domain/fact.js';
import { code, type Message, say } from '../domain/message.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule, type RuleContext } from './define-rule.js';
import { fail, pass, undecided } from './finding.js';
import { canWrite, factsOf, isPerson, isTeam, requestersOf, teamOf } from './people.js';

export const owner = defineRule({
  name: 'owner',
  settings: z.strictObject({
    owner: z.string().min(1).describe('`@user`, `@org/team` or `requester`.'),
    agent: z.string().nullable().describe('The agent it answers for; `null` if nobody knows which.'),
    machineUsers: z.array(z.string()).describe('Logins of GitHub users that are not people.'),
  }),
  needs: (settings, context) => factsFor(namesOf(settings.owner, context)),
  describe: ({ owner }) => `${owner} answers for the agent and has write access.`,
  evaluate: (settings, context): readonly Finding[] => {
    const names = namesOf(settings.owner, context);
    const whose = settings.agent === null ? say`this change` : say`changes of ${settings.agent}`;
    if (names.length === 0) {
      const why = context.authorship.requester.known
        ? say`No account is named as requester.`
        : say`${context.authorship.requester.why}`;
      return [
        refused(
          say`nobody is known to answer for this change`,
          say`The policy makes the requester the owner. ${why}`,
        ),
      ];
    }
    const standings = names.map((name) => ({ name, standing: standingOf(name, settings, context) }));
    const able = standings.find(({ standing }) => standing.kind === 'able');
    if (able !== undefined) {
      return [pass(say`${code(able.name)} answers for it`, say`${code(able.name)} owns ${whose}.`)];
    }
    const unknown = standings.find(({ standing }) => standing.kind === 'unknown');
    if (unknown !== undefined) {
      return [
        undecided(
          context.snapshot,
          say`access of the owner ${code(unknown.name)} is not known`,
          say`${code(unknown.name)} owns ${whose}; whether that is a person or team with write access was not read.`,
          { by: 'machine', what: say`Read the access of ${code(unknown.name)}.` },
        ),
      ];
    }
    const { name, standing } = standings[0]!;
    return [refused(say`the owner ${code(name)} cannot answer for it`, say`${code(name)} ${standing.why}.`)];
  },
});

type Standing = {
  readonly kind: 'able' | 'unable' | 'unknown';
  readonly why: Message;
};

function refused(title: Message, reason: Message): Finding {
  return fail(title, reason, {
    by: 'owner',
    what: say`Name a person or team with write access as owner in the policy on the default branch.`,
  });
}

function namesOf(setting: string, context: RuleContext): readonly string[] {
  if (setting !== 'requester') return [setting];
  return (requestersOf(context.authorship) ?? []).map((login) => `@${login}`);
}

function factsFor(names: readonly string[]): readonly Fact[] {
  return names.map((name) =>
    isTeam(name) ? { kind: 'team', team: name } : { kind: 'person', login: name.replace(/^@/, '') },
  );
}

function standingOf(
  name: string,
  settings: { readonly machineUsers: readonly string[] },
  { snapshot }: RuleContext,
): Standing {
  if (isTeam(name)) {
    const team = teamOf(snapshot, name);
    if (team === undefined) return { kind: 'unknown', why: say`` };
    if (!team.found) return { kind: 'unable', why: say`was not found: ${team.why}` };
    if (!canWrite(team.permission))
      return { kind: 'unable', why: say`has no write access to this repository` };
    if (team.members.length === 0) return { kind: 'unable', why: say`has no direct members` };
    return { kind: 'able', why: say`` };
  }
  const facts = factsOf(snapshot, name.replace(/^@/, ''));
  if (facts === undefined) return { kind: 'unknown', why: say`` };
  const person = isPerson(facts.account, snapshot, settings.machineUsers);
  if (person === null) return { kind: 'unknown', why: say`` };
  if (!person) return { kind: 'unable', why: say`is not a person` };
  if (!canWrite(facts.permission))
    return { kind: 'unable', why: say`has no write access to this repository` };
  return { kind: 'able', why: say`` };
}
