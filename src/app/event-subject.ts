// What is a webhook about, in the words of the log?
import type { WebhookEvent } from './webhook-event.js';

export function subjectOf(event: WebhookEvent): Readonly<Record<string, string | number>> {
  const fields: Record<string, string | number> = {};
  if ('repository' in event) fields.repository = `${event.repository.owner.login}/${event.repository.name}`;
  if ('pull_request' in event) {
    fields.pullRequest = event.pull_request.number;
    fields.head = event.pull_request.head.sha;
  } else if (event.name === 'check_run') fields.head = event.check_run.head_sha;
  else if (event.name === 'check_suite') fields.head = event.check_suite.head_sha;
  else if (event.name === 'merge_group') fields.head = event.merge_group.head_sha;
  else if (event.name === 'status') fields.head = event.sha;
  return fields;
}
