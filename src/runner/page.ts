/** The frame of every HTML page that is written: one file, no network, light and dark, usable by keyboard. */
import { escapeHtml } from "../display/html.js";
import { pageScript } from "../display/pageScript.js";

export interface Page {
  readonly title: string;
  /** HTML of the body. */
  readonly body: string;
  /** Where the way back leads, relative to this page; none for the gallery itself. */
  readonly home?: string;
}

/** A complete HTML document. */
export function pageHtml(page: Page): string {
  const back = page.home === undefined ? "<span></span>" : `<a href="${escapeHtml(page.home)}">← All figures</a>`;
  return `<!doctype html>
<html lang="en" data-spectensor-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<script>${pageScript("themeChoice")}</script>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><nav aria-label="Page">${back}<button type="button" id="theme" hidden>Dark</button></nav></header>
<main id="main" tabindex="-1">
${page.body}
</main>
<script>${pageScript("themeButton")}</script>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light; --bg: #ffffff; --card: #ffffff; --text: #1f2328; --muted: #57606a; --line: #d8dee4; --code: #f6f8fa;
  --link: #0b5cad; --pass: #116329; --miss: #a40e26; --note: #fff8e6; }
:root[data-spectensor-theme="dark"] { color-scheme: dark; --bg: #0e1116; --card: #15181d; --text: #e6e9ee; --muted: #9aa4b1;
  --line: #2b3038; --code: #171b21; --link: #7cc0ff; --pass: #5fd38a; --miss: #ff8f98; --note: #2a2415; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 16px/1.55 system-ui, "Segoe UI", Arial, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--bg); padding: 6px 10px; z-index: 1; }
nav { display: flex; justify-content: space-between; align-items: center; max-width: 1180px; margin: 0 auto; padding: 12px 20px; min-height: 54px; }
button { font: inherit; font-size: 14px; color: var(--text); background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 3px 12px; cursor: pointer; }
main { max-width: 1180px; margin: 0 auto; padding: 0 20px 60px; }
h1 { font-size: 28px; line-height: 1.25; margin: 8px 0 12px; }
h2 { font-size: 21px; margin: 32px 0 8px; }
h3 { font-size: 17px; margin: 24px 0 6px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 10px 14px; overflow-x: auto; font: 13.5px/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
code { font-family: ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; font-size: .92em; }
pre code { font-size: inherit; }
img { max-width: 100%; height: auto; }
table { font-size: 15px; }
.text table { border-collapse: collapse; }
.text th, .text td { padding: 3px 14px 3px 0; text-align: left; border-bottom: 1px solid var(--line); }
math { font-size: 1.08em; }
math[display="block"] { margin: 10px 0; overflow-x: auto; }
.text { max-width: 800px; }
.output { margin: 10px 0 18px; overflow-x: auto; }
.output pre { margin: 0; }
.files { margin: -12px 0 18px; font-size: 13.5px; color: var(--muted); }
.error pre, .stderr pre { border-left: 4px solid var(--miss); white-space: pre-wrap; }
.number { color: var(--muted); font-size: 12px; user-select: none; }
.spectensor-pass, .pass { color: var(--pass); }
.spectensor-miss, .miss { color: var(--miss); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 22px; padding: 0; list-style: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; display: flex; flex-direction: column; }
.card .picture { display: block; background: var(--card); border-bottom: 1px solid var(--line); padding: 10px; }
.card .picture img { display: block; width: 100%; height: 280px; object-fit: contain; }
.card .body { padding: 14px 18px 16px; display: flex; flex-direction: column; gap: 8px; flex: 1; }
.card h3 { margin: 0; font-size: 18px; }
.card p { margin: 0; }
.card table { font-size: 14px; width: 100%; }
.card .rows { overflow-x: auto; }
.card .meta { color: var(--muted); font-size: 13.5px; margin-top: auto; }
.state { font-weight: 600; }
.summary { color: var(--muted); }
.nothing { height: 280px; display: grid; place-items: center; color: var(--muted); }
[data-spectensor-theme="light"] .dark-only, [data-spectensor-theme="dark"] .light-only { display: none !important; }
@media print { nav, .skip { display: none; } main { max-width: none; } }
`;
