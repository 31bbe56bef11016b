// Is the kill switch on for one of the agents of this change?
import { z } from 'zod';
import { code, list, type Message, say } from '../domain/message.js';
import { defineRule } from './define-rule.js';
import { fail, pass } from './finding.js';

export const halt = defineRule({
  name: 'halt',
  settings: z.strictObject({
    agents: z.array(z.string()).describe('Agents that this change is judged as.'),
    halted: z.union([z.literal(true), z.array(z.string()).min(1)]).describe('`true`: every agent.'),
    file: z.string().describe('Policy file that says so, and where.'),
    line: z.number().int().positive().nullable().describe('Line of the policy that asks; `null`: built in.'),
  }),
  needs: () => [],
  describe: ({ halted }) =>
    halted === true ? 'All agents are halted.' : `These agents are halted: ${halted.join(', ')}.`,
  evaluate: ({ agents, halted, file, line }) => {
    const where = line === null ? say`` : say` (line ${line})`;
    const hit = halted === true ? agents : agents.filter((agent) => halted.includes(agent));
    if (halted !== true && hit.length === 0) {
      return [pass(say`not halted`, say`The halt names ${list(halted)}${where}.`)];
    }
    const who: Message = hit.length === 0 ? say`all agents` : list(hit);
    return [
      fail(
        say`${who}, by the policy${where}`,
        say`${code(file)} halts ${halted === true ? say`all agents` : list(halted)}${where}.`,
        {
          by: 'owner',
          what: say`Lift the halt in ${code(file)} on the default branch.`,
        },
      ),
    ];
  },
});
