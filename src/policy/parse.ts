// Is this text a policy, and if not, what is wrong with it, where, and what instead?
import { createHash } from 'node:crypto';
import type { PolicyFile } from '../domain/policy-file.js';
import type { Problem } from '../domain/verdict.js';
import { findSemanticProblems } from './lint.js';
import type { SemanticProblem } from './lint-problem.js';
import { findUnbuilt } from './lint-unbuilt.js';
import { type PolicyDocument, policySchema } from './schema.js';
import { explainIssue } from './schema-issues.js';
import { type Path, readSource, type Source, type SourceNode } from './source.js';

/** 256 KB of UTF-8. A policy of 300 zones has about 40. */
const MAX_POLICY_BYTES = 256 * 1024;
const MAX_PROBLEMS = 100;

export interface LoadedPolicy {
  readonly document: PolicyDocument;
  /** SHA-256 of the text in UTF-8, hex. */
  readonly digest: string;
  /** 1-based line of the key (or list item) at a path, else of its nearest ancestor in the file; `null` for none. */
  readonly lineOf: (path: Path) => number | null;
  readonly warnings: readonly Problem[];
  /** Warnings for whoever writes the policy: what it asks for and this version cannot judge. */
  readonly unbuilt: readonly Problem[];
}

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: LoadedPolicy }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly digest: string };

export interface ParseOptions {
  /** Names in the catalogue of agents. An agent with `match` in the file is known too. */
  readonly knownAgents: readonly string[];
}

/** Every problem at once, in the order of the file; after a syntax error only that one. Pure. */
export function parsePolicy(text: string, options: ParseOptions): ParsedPolicy {
  const digest = createHash('sha256').update(text, 'utf8').digest('hex');
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > MAX_POLICY_BYTES) return { ok: false, problems: [tooLarge(bytes)], digest };
  const source = readSource(text);
  if (!source.ok) return { ok: false, problems: cap(source.problems), digest };

  const parsed = policySchema.safeParse(source.value);
  const problems = [...source.problems];
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      for (const { path, onKey, message } of explainIssue(issue, source.value))
        problems.push({ ...place(source, path, onKey), severity: 'error', message });
  }
  // Semantic checks read the parts that have their shape, so that one typo does not hide the rest.
  const placed = ({ path, onKey, severity, message }: SemanticProblem): Problem => ({
    ...place(source, path, onKey),
    severity,
    message,
  });
  const semantic = findSemanticProblems(source.value, options.knownAgents).map(placed);
  const sorted = inOrder([...problems, ...semantic]);
  if (!parsed.success || sorted.some((problem) => problem.severity === 'error'))
    return { ok: false, problems: cap(sorted), digest };
  return {
    ok: true,
    policy: {
      document: parsed.data,
      digest,
      lineOf: (path) => lineOf(source, path),
      warnings: cap(sorted),
      unbuilt: cap(inOrder(findUnbuilt(parsed.data).map(placed))),
    },
  };
}

/** The same for a file as it was found. A file that is not text is a problem of the file, not of the world. */
export function parsePolicyFile(
  file: Extract<PolicyFile, { kind: 'found' }>,
  options: ParseOptions,
): ParsedPolicy {
  if (file.text !== null) return parsePolicy(file.text, options);
  const problem = file.bytes > MAX_POLICY_BYTES ? tooLarge(file.bytes) : NOT_TEXT;
  // Without a text there is nothing to digest but what is known of it.
  const digest = createHash('sha256')
    .update(`${file.sha ?? ''}:${file.bytes}`)
    .digest('hex');
  return { ok: false, problems: [problem], digest };
}

const NOT_TEXT: Problem = {
  line: 1,
  column: 1,
  severity: 'error',
  message: 'The policy is not UTF-8 text. Save it as UTF-8.',
};

function tooLarge(bytes: number): Problem {
  const size =
    bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
  return {
    line: 1,
    column: 1,
    severity: 'error',
    message: `The policy has ${size}; at most 256 KB are read. Use fewer and wider globs.`,
  };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function cap(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const rest = problems.slice(MAX_PROBLEMS);
  const severity = rest.some((problem) => problem.severity === 'error') ? 'error' : 'warning';
  const message = `${rest.length} more problems follow. Mend these first.`;
  return [...problems.slice(0, MAX_PROBLEMS), { ...rest[0]!, severity, message }];
}

type ReadSource = Extract<Source, { ok: true }>;

function place(source: ReadSource, path: Path, onKey: boolean): { line: number; column: number } {
  const { node, whole } = find(source.root, path);
  return source.position(onKey || !whole ? node.key : node.value);
}

function lineOf(source: ReadSource, path: Path): number | null {
  const { node } = find(source.root, path);
  return node === source.root ? null : source.position(node.key).line;
}

function find(root: SourceNode, path: Path): { node: SourceNode; whole: boolean } {
  let node = root;
  for (const step of path) {
    const child = node.children.get(String(step));
    if (child === undefined) return { node, whole: false };
    node = child;
  }
  return { node, whole: true };
}
