// May an agent of this tier propose a change to these files at all?
import { z } from 'zod';
import { code, type Message, ours, say } from '../domain/message.js';
import { defineRule } from './define-rule.js';
import { fail, pass, undecided } from './finding.js';
import { furtherCauses, pathDetails, plural, shortPath } from './short-path.js';

const tier = z.literal([0, 1, 2, 3]);

export const permissionTier = defineRule({
  name: 'permission-tier',
  settings: z.strictObject({
    agent: z
      .string()
      .nullable()
      .describe('Agent whose tier is the lowest; `null` when nobody knows which agent wrote the change.'),
    tier: tier.describe('Tier in force here.'),
    ifVouched: tier.describe(
      'Tier if the opener turned out to have write access; differs from `tier` only while that is not known.',
    ),
    lowered: z.string().nullable().describe('Why it is lower than the policy grants; `null` when it is not.'),
    propose: tier.describe('Lowest tier that may propose a change to `paths`.'),
    zone: z.string().nullable().describe('Zone that asks.'),
    line: z.number().int().positive().nullable().describe('Line of the policy that asks; `null`: built in.'),
    paths: z
      .array(z.string())
      .describe('Files that this demand covers; a renamed file stands here under both names.'),
  }),
  // Whether the opener may vouch is asked for where the tier is worked out.
  needs: () => [],
  describe: ({ propose }) => `Only agents of tier ${propose} or higher propose changes here.`,
  evaluate: (settings, { snapshot }) => {
    const { paths, propose } = settings;
    const who = settings.agent === null ? say`an unattributed account` : say`${settings.agent}`;
    const holder = say`${who} (tier ${settings.tier})`;
    const lowered = settings.lowered === null ? say`` : say` ${settings.lowered}`;
    const demand = say`${plural(paths.length, 'file')}${where(settings.zone)} (${asked(propose, settings.line)})`;
    if (settings.tier >= propose) {
      return [pass(say`${holder} may propose here`, say`${demand}.${lowered}`)];
    }
    const [first = ''] = paths;
    if (settings.ifVouched >= propose) {
      return [
        undecided(
          snapshot,
          say`whether the opener vouches for ${holder} is not known`,
          say`${demand}. With write access the opener vouches for the agent, and that was not read.`,
          { by: 'machine', what: say`Read the opener's access.` },
          pathDetails(paths),
        ),
      ];
    }
    return [
      fail(
        say`${holder} may not change ${code(shortPath(first))}${furtherCauses(paths.length - 1)}`,
        say`${demand}.${lowered}`,
        {
          by: 'author',
          what: say`Take ${paths.length === 1 ? ours('it') : ours('them')} out of this pull request, or let a person propose the change.`,
        },
        pathDetails(paths),
      ),
    ];
  },
});

function where(zone: string | null): Message {
  if (zone === null) return say``;
  return zone === 'control plane' ? say` in the control plane` : say` in zone ${code(zone)}`;
}

function asked(propose: number, line: number | null): Message {
  return line === null ? say`propose: ${propose}, built in` : say`propose: ${propose}, line ${line}`;
}
