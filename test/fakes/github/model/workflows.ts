// Which workflows does a commit have, what may start them, and what is a run of them called?
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
import { load } from 'js-yaml';
import type { Repository, World } from './world.js';

export interface Workflow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly runName: string | null;
  /** Names of events. */
  readonly on: ReadonlySet<string>;
  readonly inputs: ReadonlyMap<string, WorkflowInput>;
}

interface WorkflowInput {
  readonly required: boolean;
  readonly initial: string | null;
  /** Of a choice. */
  readonly options: readonly string[] | null;
}

const FOLDER = '.github/workflows/';

/** By file name or id, as it stands in a commit. */
export function findWorkflow(
  world: World,
  repository: Repository,
  fileOrId: string,
  sha: string,
): Workflow | null {
  const path =
    [...repository.workflowIds].find(([, id]) => String(id) === fileOrId)?.[0] ?? `${FOLDER}${fileOrId}`;
  const entry = world.store.treeOf(sha).get(path);
  if (entry === undefined) return null;
  const text = world.store.readBlob(entry.sha)!.toString('utf8');
  return readWorkflow(workflowId(world, repository, path), path, text);
}

export function workflowId(world: World, repository: Repository, path: string): number {
  const id = repository.workflowIds.get(path) ?? world.nextId();
  repository.workflowIds.set(path, id);
  return id;
}

interface Context {
  readonly inputs: Readonly<Record<string, string>>;
  readonly github: Readonly<Record<'sha' | 'ref_name' | 'event_name' | 'actor', string>>;
}

/** `null`: the workflow has none, or it comes to nothing. */
export function renderRunName({ runName }: Workflow, context: Context): string | null {
  const text = runName?.replace(/\$\{\{(.*?)\}\}/g, (_all, expression: string) =>
    evaluate(expression, context),
  );
  return text === undefined || text.trim() === '' ? null : text;
}

/** What run names are made of: names, texts, `a || b`. */
function evaluate(expression: string, { inputs, github }: Context): string {
  const values = expression.split('||').map((part) => {
    const term = part.trim();
    const text = /^'((?:[^']|'')*)'$/.exec(term)?.[1];
    if (text !== undefined) return text.replaceAll("''", "'");
    const input = /^(?:github\.event\.)?inputs\.([\w-]+)$/.exec(term)?.[1];
    if (input !== undefined) return inputs[input] ?? '';
    const known = /^github\.(sha|ref_name|event_name|actor)$/.exec(term)?.[1];
    if (known !== undefined) return github[known as keyof typeof github];
    throw new Error(`The simulator does not understand "${term}" in a run name.`);
  });
  return values.find((value) => value !== '') ?? '';
}

function readWorkflow(id: number, path: string, text: string): Workflow {
  const file = load(text) as Record<string, unknown>;
  const { on } = file;
  const events =
    typeof on === 'string' ? [on] : Array.isArray(on) ? (on as string[]) : Object.keys((on ?? {}) as object);
  const dispatch =
    on !== null && typeof on === 'object' && !Array.isArray(on)
      ? ((on as Record<string, unknown>).workflow_dispatch as Record<string, unknown> | null)
      : null;
  const inputs = Object.entries((dispatch?.inputs ?? {}) as Record<string, Record<string, unknown> | null>);
  return {
    id,
    path,
    name: typeof file.name === 'string' ? file.name : path,
    runName: typeof file['run-name'] === 'string' ? file['run-name'] : null,
    on: new Set(events),
    inputs: new Map(
      inputs.map(([name, input]) => [
        name,
        {
          required: input?.required === true,
          initial: input?.default === undefined ? null : String(input.default),
          options: input?.type === 'choice' ? ((input.options ?? []) as unknown[]).map(String) : null,
        },
      ]),
    ),
  };
}
