// How does a pull request with its checks look to a reviewer? One self-contained page, after GitHub's own.
import type { RenderedAnnotation, RenderedCheck } from '../../src/domain/check-run.js';
import type { Gate } from '../../src/domain/verdict.js';
import { renderGitHubMarkdown } from '../checks/github-markdown.js';
import { STYLE } from './style.js';

export interface PageFacts {
  /** `acme/shop`. */
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  /** Login as GitHub writes it. */
  readonly author: string;
  readonly authorIsBot: boolean;
  readonly state: 'open' | 'closed' | 'merged';
  readonly baseRef: string;
  readonly headRef: string;
  readonly headSha: string;
  readonly commits: number;
  readonly labels: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly additions: number;
    readonly deletions: number;
  }[];
}

/** What happened, and the check as it stood right after. */
export interface PageStep {
  readonly event: string;
  readonly check: RenderedCheck;
}

export interface Page {
  readonly pullRequest: PageFacts;
  /** As they stand now, the gate first. */
  readonly checks: readonly RenderedCheck[];
  /** Oldest first. */
  readonly timeline: readonly PageStep[];
}

export function renderPage({ pullRequest, checks, timeline }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${pullRequest.title} · #${pullRequest.number}`)}</title>
<style>${STYLE}</style>
</head>
<body>
${renderHeader(pullRequest)}
<main>
${renderMergeBox(checks)}
${checks.map((check) => `<section class="box check" aria-label="Check ${check.name}">${renderCheck(check)}</section>`).join('\n')}
${renderTimeline(timeline)}
${renderFiles(pullRequest)}
</main>
<footer>A simulated pull request on this machine. Checks are shown as agent-policy sent them.</footer>
</body>
</html>
`;
}

function renderHeader(facts: PageFacts): string {
  const commits = `${facts.commits} commit${facts.commits === 1 ? '' : 's'}`;
  const labels = facts.labels.map((label) => `<span class="label">${escapeHtml(label)}</span>`).join(' ');
  return `<header>
<p class="repository">${escapeHtml(facts.repository.split('/')[0] ?? '')} <span>/</span> <strong>${escapeHtml(facts.repository.split('/').slice(1).join('/'))}</strong></p>
<h1>${escapeHtml(facts.title)} <span class="number">#${facts.number}</span></h1>
<p class="meta"><span class="state ${facts.state}">${PULL_REQUEST_ICON}${capitalize(facts.state)}</span>
<span><strong>${escapeHtml(facts.author)}</strong>${facts.authorIsBot ? ' <span class="bot">bot</span>' : ''} wants to merge ${commits} into <code>${escapeHtml(facts.baseRef)}</code> from <code>${escapeHtml(facts.headRef)}</code></span>
${labels}</p>
</header>`;
}

function renderMergeBox(checks: readonly RenderedCheck[]): string {
  const held = checks.filter(({ gate }) => gate !== 'success' && gate !== 'neutral');
  const [headline, explanation] =
    held.length === 0
      ? ['All checks have passed', 'Merging is possible.']
      : ['Merging is blocked', 'Required checks have not succeeded.'];
  const rows = checks.map(
    ({ name, gate, title }) =>
      `<li>${icon(gate)}<span class="check-name">${name}</span><span class="check-title">${escapeHtml(title)}</span>${
        name === 'agent-policy' ? '<span class="required">Required</span>' : ''
      }</li>`,
  );
  return `<section class="box merge ${held[0]?.gate ?? 'success'}" aria-label="Merge">
<div class="merge-head">${icon(held[0]?.gate ?? 'success')}<div><h2>${headline}</h2><p>${explanation}</p></div></div>
<ul>${rows.join('')}</ul>
</section>`;
}

function renderCheck(check: RenderedCheck): string {
  const buttons = check.actions.map(
    ({ label, description }) =>
      `<button type="button" disabled title="${escapeHtml(description)}">${escapeHtml(label)}</button>`,
  );
  return `<div class="check-head">${icon(check.gate)}<div><p class="check-by">${check.name} · ${CONCLUSION[check.gate]}</p><h2>${escapeHtml(check.title)}</h2></div><div class="buttons">${buttons.join('')}</div></div>
<div class="markdown">${renderMarkdown(check.summary)}</div>
${renderAnnotations(check.annotations)}
${check.text === '' ? '' : `<div class="markdown text">${renderMarkdown(check.text)}</div>`}`;
}

function renderAnnotations(annotations: readonly RenderedAnnotation[]): string {
  if (annotations.length === 0) return '';
  const rows = annotations.map(
    ({ path, startLine, level, message }) =>
      `<li class="${level}"><p><strong>${capitalize(level)}</strong> <code>${escapeHtml(path)}#L${startLine}</code></p><p>${escapeHtml(message)}</p></li>`,
  );
  return `<div class="annotations"><h3>Annotations</h3><ul>${rows.join('')}</ul></div>`;
}

function renderTimeline(timeline: readonly PageStep[]): string {
  if (timeline.length === 0) return '';
  const steps = timeline.map(
    ({ event, check }) =>
      `<li>${icon(check.gate)}<details><summary><span class="event">${escapeHtml(event)}</span><span class="verdict">${escapeHtml(check.title)}</span></summary><div class="box check">${renderCheck(check)}</div></details></li>`,
  );
  return `<section class="timeline" aria-label="What happened"><h2>What happened, and what the check said then</h2><ol>${steps.join('')}</ol></section>`;
}

function renderFiles({ files }: PageFacts): string {
  const rows = files.map(
    ({ path, additions, deletions }) =>
      `<li><code>${escapeHtml(path)}</code><span class="added">+${additions}</span><span class="deleted">−${deletions}</span></li>`,
  );
  return `<section class="box files" aria-label="Files changed"><h2>Files changed <span class="count">${files.length}</span></h2><ul>${rows.join('')}</ul></section>`;
}

/** GitHub takes scripts and styles out of what it renders; here everything goes but what our checks are made of. */
export function renderMarkdown(markdown: string): string {
  return renderGitHubMarkdown(markdown)
    .replace(/<[^>]*>/g, (tag) => (ALLOWED_TAG.test(tag) ? tag : escapeHtml(tag)))
    .replace(/<table>[\s\S]*?<\/table>/g, (table) => `<div class="scroll">${table}</div>`);
}

const ALLOWED_TAG =
  /^<(?:\/?(?:p|ul|ol|li|strong|code|pre|table|thead|tbody|tr|th|td|details|summary|span|a|sub)|br|(?:th|td) align="(?:left|right|center)"|details open|code class="language-json"|a href="https?:\/\/[^"<>]*")>$/;

const CONCLUSION: Readonly<Record<Gate, string>> = {
  success: 'success',
  failure: 'failure',
  action_required: 'action required',
  in_progress: 'in progress',
  neutral: 'neutral',
};

/** Each has its own shape, for readers who see no colour. */
function icon(gate: Gate): string {
  const shapes: Readonly<Record<Gate, string>> = {
    success: '<path d="m4.5 8.2 2.3 2.3 4.7-4.9"/>',
    failure: '<path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4"/>',
    action_required: '<path d="M8 4.3v4.4m0 2.6v.1"/>',
    in_progress: '<path d="M8 4.5V8l2.3 1.5"/>',
    neutral: '<path d="M4.8 8h6.4"/>',
  };
  return `<svg class="icon ${gate}" viewBox="0 0 16 16" role="img" aria-label="${CONCLUSION[gate]}"><circle cx="8" cy="8" r="7.5"/>${shapes[gate]}</svg>`;
}

const PULL_REQUEST_ICON =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="4" cy="3.5" r="1.7"/><circle cx="4" cy="12.5" r="1.7"/><circle cx="12" cy="12.5" r="1.7"/><path d="M4 5.2v5.6m8 0V6.4a2 2 0 0 0-2-2H7.6m1.8-1.8L7.5 4.4l1.9 1.8"/></svg>';

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
