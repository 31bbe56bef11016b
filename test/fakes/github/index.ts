// What may tests and the demo use of the simulated GitHub? Shape and examples: README.md.
export type { Fault, Matcher } from './faults.js';
export type { NewArtifact } from './model/artifacts.js';
export type { FileContent, NewCommit, NewSignature, Who } from './model/commits.js';
export type {
  MergeAnswer,
  NewCheckRun,
  PullRequestHandle,
  RepositoryHandle,
} from './model/handles.js';
export type { OrganizationHandle } from './model/organizations.js';
export type { RequiredCheckState } from './model/required-checks.js';
export type { JobHandle, PersonsDispatch, RunHandle } from './model/run-handle.js';
export type { NewRun } from './model/workflow-runs.js';
export type { Account, App, CheckRun, Installation, Permission, Review } from './model/world.js';
export type { LoggedRequest } from './server.js';
export { type GitHub, type GitHubOptions, startGitHub } from './start-github.js';
export type { Delivery, RawDelivery } from './webhooks/deliver.js';
