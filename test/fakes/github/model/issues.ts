// What happens to an issue, and who may do it?
import { atLeast, permissionOf, requireAccount } from './accounts.js';
import { ensureLabel } from './pull-requests.js';
import { type Account, fullName, type Issue, type Repository, type World } from './world.js';

export interface NewIssue {
  readonly body?: string | null;
  /** As a template sets them: whoever opens the issue needs no rights for these. */
  readonly templateLabels?: readonly string[];
}

export interface IssueHandle {
  readonly number: number;
  /** Refused below triage. */
  label(name: string, by: string): void;
  unlabel(name: string, by: string): void;
  /** Refused to strangers, except of their own issue. */
  edit(changes: { readonly title?: string; readonly body?: string }, by: string): void;
  comment(body: string, by: string): void;
  close(by: string): void;
  delete(by: string): void;
}

export function openIssue(
  world: World,
  repository: Repository,
  title: string,
  author: Account,
  options: NewIssue = {},
): Issue {
  repository.lastNumber += 1;
  const now = world.now();
  const issue: Issue = {
    id: world.nextId(),
    number: repository.lastNumber,
    title,
    body: options.body ?? null,
    state: 'OPEN',
    author,
    labels: new Set((options.templateLabels ?? []).map((name) => ensureLabel(world, repository, name).name)),
    comments: 0,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  repository.issues.set(issue.number, issue);
  tell(world, repository, issue, 'opened', author);
  for (const name of issue.labels)
    tell(world, repository, issue, 'labeled', author, { label: ensureLabel(world, repository, name) });
  return issue;
}

export function issueHandle(world: World, repository: Repository, issue: Issue): IssueHandle {
  const person = (login: string, needs: 'triage' | 'write' | 'admin', deed: string): Account => {
    const account = requireAccount(world, login);
    if (!atLeast(permissionOf(world, repository, account), needs))
      throw new Error(`${login} may not ${deed} in ${fullName(repository)}: it needs ${needs} rights.`);
    return account;
  };
  return {
    number: issue.number,
    label(name, by) {
      const sender = person(by, 'triage', 'label issues');
      const label = ensureLabel(world, repository, name);
      if (issue.labels.has(label.name)) return;
      issue.labels.add(label.name);
      tell(world, repository, issue, 'labeled', sender, { label });
    },
    unlabel(name, by) {
      const sender = person(by, 'triage', 'take labels off');
      const label = ensureLabel(world, repository, name);
      if (issue.labels.delete(label.name)) tell(world, repository, issue, 'unlabeled', sender, { label });
    },
    edit(changes, by) {
      const own = requireAccount(world, by);
      const sender = own.id === issue.author.id ? own : person(by, 'write', 'edit issues of others');
      const from: Record<string, unknown> = {};
      if (changes.title !== undefined) from.title = { from: issue.title };
      if (changes.body !== undefined) from.body = { from: issue.body ?? '' };
      issue.title = changes.title ?? issue.title;
      issue.body = changes.body ?? issue.body;
      tell(world, repository, issue, 'edited', sender, { changes: from });
    },
    comment(body, by) {
      issue.comments += 1;
      issue.updatedAt = world.now();
      const comment = {
        id: world.nextId(),
        author: requireAccount(world, by),
        body,
        createdAt: issue.updatedAt,
      };
      world.emit({
        name: 'issue_comment',
        action: 'created',
        repository,
        organization: null,
        sender: comment.author,
        payload: { issue, comment },
      });
    },
    close(by) {
      const own = requireAccount(world, by);
      const sender = own.id === issue.author.id ? own : person(by, 'triage', 'close issues of others');
      issue.state = 'CLOSED';
      issue.closedAt = world.now();
      tell(world, repository, issue, 'closed', sender);
    },
    delete(by) {
      const sender = person(by, 'admin', 'delete issues');
      repository.issues.delete(issue.number);
      tell(world, repository, issue, 'deleted', sender);
    },
  };
}

function tell(
  world: World,
  repository: Repository,
  issue: Issue,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void {
  issue.updatedAt = world.now();
  world.emit({
    name: 'issues',
    action,
    repository,
    organization: null,
    sender,
    payload: { issue, ...more },
  });
}
