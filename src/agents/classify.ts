// Who wrote a change: an agent, a person, a person with AI's help, a classic bot, or nobody we know?
// Any agent evidence makes it an agent's. `human` and `automation` are granted only by verified identity, so a
// doubt makes it `unknown`, which is judged like an agent. Offline there is no GitHub to verify anything: the
// claims stand in its place.
import type { AuthorshipFinding, Evidence } from '../domain/authorship.js';
import { code, type Message, say } from '../domain/message.js';
import type { Memory, Snapshot } from '../domain/snapshot.js';
import type { Catalogue } from './catalogue.js';
import { identityEvidence, rememberedEvidence } from './identity-evidence.js';
import { createRecognizer, type Recognized, type Recognizer } from './recognize.js';
import { findRequester } from './requester.js';
import type { Automation, CustomSignature } from './signature.js';
import { isSignedBy } from './signed-by.js';
import { type AuthorshipSource, type SourceCommit, sourceOfSnapshot } from './source.js';
import { textEvidence } from './text-evidence.js';

export interface ClassifyOptions {
  readonly catalogue: Catalogue;
  /** From the policy, see `customSignatures`. */
  readonly custom: readonly CustomSignature[];
  /** File names of workflows whose github-actions[bot] pull requests are automation. */
  readonly automationWorkflows: readonly string[];
  /** Logins of GitHub users that are not people. */
  readonly machineUsers: readonly string[];
  readonly memory: Memory;
}

export function classifyAuthorship(snapshot: Snapshot, options: ClassifyOptions): AuthorshipFinding {
  return classifySource(sourceOfSnapshot(snapshot), options).finding;
}

export interface Classified {
  readonly finding: AuthorshipFinding;
  /** Login of the bot that opened it, as far as anybody knows; `null`: a person or nobody known. */
  readonly bot: string | null;
}

export function classifySource(source: AuthorshipSource, options: ClassifyOptions): Classified {
  return createClassifier(options)(source);
}

/** For many changes under the same options. */
export function createClassifier(options: ClassifyOptions): (source: AuthorshipSource) => Classified {
  const recognizer = createRecognizer(options.catalogue, options.custom);
  return (source) => judge(source, options, recognizer);
}

function judge(source: AuthorshipSource, options: ClassifyOptions, recognizer: Recognizer): Classified {
  const machines = options.machineUsers.map((login) => login.toLowerCase());
  const text = textEvidence(source, recognizer);
  const live = [...identityEvidence(source, recognizer, options.memory), ...text.evidence];
  const evidence = [...live, ...rememberedEvidence(options.memory, live)].toSorted(
    (a, b) => rankOf(a) - rankOf(b),
  );
  const opener = actingOpener(source, recognizer, machines);
  const agents = agentsByStrength(evidence);
  const judged =
    agents.length > 0 ? null : judgeWithoutAgent(source, opener, options, recognizer, machines, evidence);
  const authorship = judged?.authorship ?? 'agent';
  const doubts = judged?.doubts ?? strangerDoubts(source, options.memory, recognizer, machines);
  return {
    finding: {
      authorship,
      agents,
      name: agents[0] ?? judged?.name ?? null,
      evidence,
      doubts,
      requester: findRequester(source, recognizer, agents, machines),
      openerVerified: evidence.some(
        (one) => one.kind === 'opener' && one.points === 'agent' && one.strength === 'verified',
      ),
      traceLinks: text.traceLinks,
    },
    bot: opener.is === 'automation' ? opener.automation.name : opener.is === 'bot' ? opener.login : null,
  };
}

/** Strongest first: what GitHub verified, then accounts, commits, links, words, names, memory. */
const KIND_ORDER: readonly Evidence['kind'][] = [
  'policy',
  'opener',
  'push-sender',
  'commit-author',
  'commit-committer',
  'session-link',
  'trailer',
  'body',
  'branch',
  'label',
  'co-author',
  'name-suffix',
  'remembered',
];

const POINTS_ORDER: readonly Evidence['points'][] = ['agent', 'automation', 'assisted'];

function rankOf({ points, strength, kind }: Evidence): number {
  return (
    POINTS_ORDER.indexOf(points) * 1_000 + (strength === 'verified' ? 0 : 100) + KIND_ORDER.indexOf(kind)
  );
}

/** Expects the evidence strongest first. */
function agentsByStrength(evidence: readonly Evidence[]): readonly string[] {
  return [...new Set(evidence.filter((one) => one.points === 'agent').map((one) => one.signature))];
}

type Opener =
  | { readonly is: 'person' }
  | { readonly is: 'automation'; readonly automation: Automation }
  | { readonly is: 'bot'; readonly login: string }
  | { readonly is: 'nobody'; readonly why: Message };

function actingOpener(source: AuthorshipSource, recognizer: Recognizer, machines: readonly string[]): Opener {
  const { opener } = source;
  if (opener === null)
    return source.kind === 'github'
      ? { is: 'nobody', why: say`GitHub does not say who opened it` }
      : openerByCommits(source, recognizer);
  const recognized = recognizer.account(opener);
  if (recognized !== null) return openerFrom(recognized);
  if (machines.includes(opener.login.toLowerCase())) return { is: 'bot', login: opener.login };
  switch (opener.type) {
    case 'User':
    case 'EnterpriseUserAccount':
      return { is: 'person' };
    case 'Bot':
      return { is: 'bot', login: opener.login };
    case 'Organization':
    case 'Mannequin':
      return { is: 'nobody', why: say`${code(opener.login)} is no account of a person` };
    case null:
      return source.kind === 'github'
        ? { is: 'nobody', why: say`GitHub does not say what ${code(opener.login)} is` }
        : { is: 'person' };
  }
}

function openerFrom(recognized: Recognized): Opener {
  switch (recognized.is) {
    case 'automation':
      return { is: 'automation', automation: recognized.automation };
    case 'bot':
      return { is: 'bot', login: recognized.login };
    case 'agent':
      // Only reviewing accounts come here: with any agent's account there is agent evidence.
      return { is: 'bot', login: recognized.seen };
  }
}

/** Offline the first commit's author stands for an opener nobody names; failing that, a bot's branch. */
function openerByCommits(source: AuthorshipSource, recognizer: Recognizer): Opener {
  const first = source.commits[0];
  const recognized = first === undefined ? null : recognizer.identity(first.author);
  if (recognized !== null && recognized.is !== 'agent') return openerFrom(recognized);
  const isAnonymous = source.commits.every(
    (commit) => commit.author.email === null && commit.author.account === null,
  );
  const branch = source.headRef;
  const byBranch =
    isAnonymous && branch !== null
      ? recognizer.catalogue.automation.find((one) => one.branches.some((pattern) => pattern.matches(branch)))
      : undefined;
  return byBranch === undefined ? { is: 'person' } : { is: 'automation', automation: byBranch };
}

interface Judged {
  readonly authorship: 'assisted' | 'automation' | 'human' | 'unknown';
  readonly name: string | null;
  readonly doubts: readonly Message[];
}

function judgeWithoutAgent(
  source: AuthorshipSource,
  opener: Opener,
  options: ClassifyOptions,
  recognizer: Recognizer,
  machines: readonly string[],
  evidence: readonly Evidence[],
): Judged {
  switch (opener.is) {
    case 'nobody':
      return { authorship: 'unknown', name: null, doubts: [opener.why] };
    case 'bot':
      return {
        authorship: 'unknown',
        name: opener.login,
        doubts: [say`${code(opener.login)} is no person, and no signature names it`],
      };
    case 'automation': {
      const doubts = automationDoubts(source, opener.automation, options, recognizer);
      const name = opener.automation.name;
      return { authorship: doubts.length === 0 ? 'automation' : 'unknown', name, doubts };
    }
    case 'person': {
      const doubts = personDoubts(source, options.memory, recognizer, machines);
      if (doubts.length > 0) return { authorship: 'unknown', name: null, doubts };
      const mark = evidence.find((one) => one.points === 'assisted');
      return mark === undefined
        ? { authorship: 'human', name: null, doubts }
        : { authorship: 'assisted', name: mark.signature, doubts };
    }
  }
}

function automationDoubts(
  source: AuthorshipSource,
  automation: Automation,
  { automationWorkflows, memory }: ClassifyOptions,
  recognizer: Recognizer,
): readonly Message[] {
  const isIt = (recognized: Recognized | null) =>
    recognized?.is === 'automation' && recognized.automation === automation;
  const doubts: Message[] = [];
  if (!source.complete) doubts.push(say`not all commits were read`);
  const foreign = source.commits.filter((commit) => !isWrittenBy(commit, source, recognizer, isIt));
  if (foreign.length > 0)
    doubts.push(
      say`${foreign.length} of ${source.commits.length} commits are not provably by ${automation.title}`,
    );
  const sender = memory.pushes.find((push) => !isIt(recognizer.account(push.sender)))?.sender;
  if (sender !== undefined) doubts.push(say`${code(sender.login)} pushed to it`);
  if (source.opener !== null) {
    const recognized = recognizer.account(source.opener);
    if (recognized?.is === 'automation' && !recognized.exact)
      doubts.push(say`${code(source.opener.login)} has another id than ${automation.title}`);
  }
  if (
    automation.needsWorkflow &&
    !(source.workflow !== null && automationWorkflows.includes(source.workflow))
  )
    doubts.push(
      say`any workflow can open pull requests as ${automation.title}, and which one did is not known`,
    );
  return doubts;
}

/** Where the source can prove it, a signature is asked for; offline the claimed author stands. */
function isWrittenBy(
  commit: SourceCommit,
  source: AuthorshipSource,
  recognizer: Recognizer,
  isIt: (recognized: Recognized | null) => boolean,
): boolean {
  if (source.kind === 'github' || commit.signature !== null) return isSignedBy(commit, recognizer, isIt);
  const { author } = commit;
  if (author.email === null && author.account === null) return true;
  return isIt(recognizer.identity(author));
}

function personDoubts(
  source: AuthorshipSource,
  memory: Memory,
  recognizer: Recognizer,
  machines: readonly string[],
): readonly Message[] {
  if (source.kind === 'row') return [];
  const doubts: Message[] = [];
  if (!source.complete) doubts.push(say`not all commits were read`);
  return [...doubts, ...strangerDoubts(source, memory, recognizer, machines)];
}

/** Bots that no signature names, and machine users. */
function strangerDoubts(
  source: AuthorshipSource,
  memory: Memory,
  recognizer: Recognizer,
  machines: readonly string[],
): readonly Message[] {
  if (source.kind === 'row') return [];
  const strangers = new Set<string>();
  for (const { author, committer } of source.commits)
    for (const identity of [author, committer]) {
      const recognized = recognizer.identity(identity);
      if (recognized?.is === 'bot') strangers.add(recognized.login);
      const login = identity.account?.login.toLowerCase() ?? '';
      if (machines.includes(login)) strangers.add(login);
    }
  for (const { sender } of memory.pushes) {
    const recognized = recognizer.account(sender);
    if (recognized?.is === 'bot') strangers.add(recognized.login);
    if (machines.includes(sender.login.toLowerCase())) strangers.add(sender.login);
  }
  return [...strangers].map((login) => say`${code(login)} took part, and no signature names it`);
}
