// How are a team's own agents recognised? Turns `agents.<name>.match` of a policy into signatures.
import { minimatch } from 'minimatch';
import { bareLogin } from './recognize.js';
import { type CustomSignature, EMPTY_SIGNATURE } from './signature.js';

/** `agents.<name>.match` of a policy, already validated. */
export interface AgentMatch {
  readonly logins?: readonly string[] | undefined;
  readonly branches?: readonly string[] | undefined;
  readonly emails?: readonly string[] | undefined;
}

/** One signature per agent that has a `match`; a name of the catalogue gets these marks in addition to its own. */
export function customSignatures(
  agents: Readonly<Record<string, { readonly match?: AgentMatch | undefined }>>,
): readonly CustomSignature[] {
  return Object.entries(agents).flatMap(([name, { match }]) =>
    match === undefined ? [] : [toSignature(name, match)],
  );
}

function toSignature(name: string, match: AgentMatch): CustomSignature {
  return {
    ...EMPTY_SIGNATURE,
    name,
    title: name,
    accounts: (match.logins ?? []).flatMap((login) => {
      const known = { login: bareLogin(login), id: null, points: 'agent' } as const;
      const bot = { ...known, type: 'Bot', bare: false } as const;
      // Without the suffix the owner may mean a person's account or an app such as Copilot.
      return /\[bot\]$/i.test(login) ? [bot] : [{ ...known, type: 'User', bare: true } as const, bot];
    }),
    emails: (match.emails ?? []).map((email) => ({
      email: email.trim().toLowerCase(),
      points: 'agent',
      named: null,
    })),
    branches: (match.branches ?? []).map((glob) => ({
      matches: (branch) => minimatch(branch, glob, { dot: true, nonegate: true, nocomment: true }),
      text: glob,
      shared: false,
    })),
  };
}
