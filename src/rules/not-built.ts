// Does the policy state a demand that this version cannot judge?
// What was asked for and cannot be judged waits for the owner; it is never taken as met.
import { z } from 'zod';
import { code, say } from '../domain/message.js';
import { defineRule } from './define-rule.js';
import { waiting } from './finding.js';

export const notBuilt = defineRule({
  name: 'not-built',
  settings: z.strictObject({
    key: z.string().min(1).describe('The key as the policy writes it: `evals`, `trace.verify: bound`.'),
    file: z.string().describe('The policy file, for people.'),
    line: z.number().int().positive().nullable().describe('Line of the policy that asks; `null`: built in.'),
    zone: z.string().nullable().describe('Zone that asks.'),
  }),
  needs: () => [],
  describe: ({ key }) => `This version cannot judge \`${key}\` yet.`,
  evaluate: ({ key, file, line, zone }) => {
    const where = line === null ? say`` : say` (line ${line})`;
    const inZone = zone === null ? say`` : say` of zone ${code(zone)}`;
    return [
      waiting(
        say`the owner: ${code(key)} cannot be judged yet${where}`,
        say`${code(file)} demands ${code(key)}${inZone}${where}, and this version of agent-policy does not judge it. A demand that cannot be judged is never taken as met.`,
        {
          by: 'owner',
          what: say`Upgrade agent-policy to a version that judges ${code(key)}, or take the demand back on the default branch.`,
        },
      ),
    ];
  },
});
