// How is the page dressed? GitHub's measures, light and dark, nothing from elsewhere.

export const STYLE = `
:root {
  --page: #f6f8fa; --card: #fff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --faint: #f6f8fa;
  --link: #0969da; --code: #818b981f; --success: #1a7f37; --failure: #cf222e; --attention: #9a6700; --neutral: #59636e;
  --merged: #8250df; --sign: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #151b23; --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --faint: #212830;
    --link: #4493f8; --code: #656c7633; --success: #3fb950; --failure: #f85149; --attention: #d29922; --neutral: #9198a1;
    --merged: #ab7df8; --sign: #0d1117;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, "Liberation Sans", sans-serif;
}
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 28px; }
h1 { margin: 2px 0 10px; font-size: 28px; font-weight: 500; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 16px; font-weight: 600; line-height: 1.4; }
h3 { margin: 0 0 8px; font-size: 14px; }
p { margin: 0; }
ul, ol { margin: 0; padding: 0; list-style: none; }
a { color: var(--link); }
code, pre { font: 12px/1.5 ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
code { padding: 2px 5px; border-radius: 6px; background: var(--code); overflow-wrap: anywhere; }
.repository { color: var(--soft); font-size: 15px; }
.repository strong { color: var(--ink); }
.number { color: var(--soft); font-weight: 300; }
.meta { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; color: var(--soft); padding-bottom: 20px; border-bottom: 1px solid var(--line); }
.meta strong { color: var(--ink); }
.state { display: inline-flex; align-items: center; gap: 6px; padding: 4px 12px; border-radius: 99px; color: var(--sign); background: var(--success); font-weight: 600; }
.state.merged { background: var(--merged); }
.state.closed { background: var(--failure); }
.state svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.bot, .label, .required, .count { border: 1px solid var(--line); border-radius: 99px; padding: 0 8px; font-size: 12px; line-height: 20px; color: var(--soft); }
.label { color: var(--link); border-color: currentColor; font-weight: 600; }
main { display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr); padding-top: 24px; }
.box { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.icon { flex: none; width: 18px; height: 18px; fill: none; stroke: var(--sign); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.icon circle { stroke: none; }
.icon.success circle { fill: var(--success); }
.icon.failure circle { fill: var(--failure); }
.icon.action_required circle, .icon.in_progress circle { fill: var(--attention); }
.icon.neutral circle { fill: var(--neutral); }
.merge-head { display: flex; align-items: center; gap: 14px; padding: 16px 20px; }
.merge-head .icon { width: 32px; height: 32px; }
.merge-head p { color: var(--soft); }
.merge.failure { border-color: var(--failure); }
.merge.action_required, .merge.in_progress { border-color: var(--attention); }
.merge.success { border-color: var(--success); }
.merge li { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; padding: 10px 20px 10px 27px; border-top: 1px solid var(--line); }
.check-name { font-weight: 600; white-space: nowrap; }
.check-title { color: var(--soft); flex: 1; min-width: 240px; }
.check-head { display: flex; align-items: flex-start; gap: 14px; padding: 18px 20px; border-bottom: 1px solid var(--line); background: var(--faint); }
.check-head .icon { width: 24px; height: 24px; margin-top: 10px; }
.check-head > div:nth-of-type(1) { flex: 1; min-width: 0; }
.check-head h2 { font-size: 20px; overflow-wrap: anywhere; }
.check-by { color: var(--soft); font-size: 12px; }
.buttons { align-self: center; }
button { font: 500 12px/20px inherit; font-family: inherit; padding: 3px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--ink); }
.markdown { padding: 18px 20px; }
.markdown.text { border-top: 1px solid var(--line); }
.markdown > * + * { margin-top: 12px; }
.markdown ul { padding-left: 24px; list-style: disc; }
.markdown details > summary { cursor: pointer; font-weight: 600; }
.markdown details > summary + * { margin-top: 8px; }
.markdown pre { padding: 14px; border-radius: 6px; background: var(--faint); white-space: pre-wrap; overflow-wrap: anywhere; }
.markdown pre code { padding: 0; background: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { padding: 8px 12px; border: 1px solid var(--line); text-align: left; vertical-align: top; min-width: 84px; }
td:nth-child(1):nth-last-child(4) { min-width: 180px; }
td:nth-child(3):nth-last-child(2), td:nth-child(4):nth-last-child(1) { min-width: 240px; }
th { background: var(--faint); font-weight: 600; }
td:nth-child(2):nth-last-child(3) { white-space: nowrap; }
sub { font-size: 12px; vertical-align: baseline; color: var(--muted); }
.annotations { padding: 18px 20px; border-top: 1px solid var(--line); }
.annotations li { padding: 8px 12px; border-left: 3px solid var(--neutral); background: var(--faint); }
.annotations li + li { margin-top: 8px; }
.annotations li.failure { border-color: var(--failure); }
.annotations li.warning { border-color: var(--attention); }
.timeline > h2 { margin-bottom: 12px; }
.timeline > ol > li { position: relative; display: flex; gap: 12px; padding-bottom: 14px; }
.timeline > ol > li:not(:last-child)::before { content: ""; position: absolute; left: 8px; top: 22px; bottom: -4px; width: 2px; background: var(--line); }
.timeline > ol > li > .icon { margin-top: 2px; }
.timeline > ol > li > details { flex: 1; min-width: 0; }
.timeline > ol > li > details > summary { cursor: pointer; list-style: none; }
.timeline > ol > li > details > summary::-webkit-details-marker { display: none; }
.timeline > ol > li > details[open] > summary { margin-bottom: 10px; }
.event { display: block; font-weight: 600; }
.verdict { color: var(--soft); }
.verdict::after { content: " ▸"; }
details[open] > summary > .verdict::after { content: " ▾"; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.files h2 { padding: 14px 20px; }
.files li { display: flex; gap: 10px; padding: 8px 20px; border-top: 1px solid var(--line); }
.files li code { flex: 1; padding: 0; background: none; }
.added { color: var(--success); }
.deleted { color: var(--failure); }
footer { padding-top: 24px; padding-bottom: 40px; color: var(--soft); font-size: 12px; }
@media (max-width: 640px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  .check-head { flex-wrap: wrap; }
}
`;
