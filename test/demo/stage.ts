// Who and what is there before the story begins? A company on the simulated GitHub with the App installed.
import { startGitHub } from '../fakes/github/index.js';
import { mergePast } from './past.js';
import { type Cast, MAIN_TF, POLICY } from './story.js';

export const WEBHOOK_SECRET = 'demo-secret-for-loopback-only';

export type Stage = Awaited<ReturnType<typeof setStage>>;

/** The App's webhook address is set once the app listens. */
export async function setStage(options: { readonly latencyMs?: number } = {}) {
  const github = await startGitHub({ latencyMs: options.latencyMs ?? 0 });
  const app = github.createApp({ slug: 'agent-policy', webhookSecret: WEBHOOK_SECRET });
  for (const login of ['dana', 'bo', 'kim', 'lee']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  github.createBot('review-agent');
  const organization = github.createOrganization('acme');
  const repository = github.createRepository('acme/shop', {
    defaultBranch: 'main',
    files: { '.github/agent-policy.yml': POLICY, 'infra/main.tf': MAIN_TF, 'src/index.ts': 'export {};\n' },
    collaborators: {
      dana: 'admin',
      bo: 'write',
      kim: 'write',
      lee: 'write',
      Copilot: 'write',
      'review-agent[bot]': 'write',
    },
  });
  organization.addTeam('platform', ['dana'], { repositories: { 'acme/shop': 'admin' } });
  organization.addTeam('sre', ['kim', 'lee'], { repositories: { 'acme/shop': 'write' } });
  mergePast(repository, MAIN_TF);
  const installation = github.install(app, 'acme', { repositories: 'all' });
  repository.protect('main', { requiredChecks: [{ context: 'agent-policy', appId: app.id }] });
  const cast: Cast = { repository, agentReviewer: 'review-agent[bot]' };
  return { github, app, installation, repository, cast };
}
