/** The frame of every HTML page that is written: one file, no network, light and dark, usable by keyboard. */
import { createHash } from "node:crypto";
import { escapeHtml } from "../display/html.js";
import { pageScript } from "../display/pageScript.js";

export interface Page {
  readonly title: string;
  /** HTML of the body, without scripts: none in it would run. */
  readonly body: string;
  /** Scripts that the page runs besides those of its frame, in order, after the body. */
  readonly scripts?: readonly string[];
  /** Where the way back leads, relative to this page; none for the gallery itself. */
  readonly home?: string;
}

/**
 * A complete HTML document. Its content security policy lets only the scripts named here run, and nothing be loaded from or sent to
 * anywhere.
 */
export function pageHtml(page: Page): string {
  const back = page.home === undefined ? "<span></span>" : `<a href="${escapeHtml(page.home)}">← All figures</a>`;
  // Browsers hash what they read, with line breaks made one kind.
  const [first, ...rest] = [pageScript("themeChoice"), ...(page.scripts ?? []), pageScript("themeButton")].map((s) =>
    s.replace(/\r\n?/g, "\n"),
  );
  const hashes = [first!, ...rest].map((s) => `'sha256-${createHash("sha256").update(s).digest("base64")}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<!doctype html>
<html lang="en" data-spectensor-theme="light">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<script>${first}</script>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><nav aria-label="Page">${back}<button type="button" id="theme" hidden>Dark</button></nav></header>
<main id="main" tabindex="-1">
${page.body}
</main>
${rest.map((s) => `<script>${s}</script>`).join("\n")}
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light; --bg: #ffffff; --card: #ffffff; --text: #1f2328; --muted: #57606a; --line: #d8dee4; --code: #f6f8fa;
  --link: #0b5cad; --pass: #116329; --miss: #a40e26;
  --keyword: #9c2a86; --string: #0a5c2b; --number: #0550ae; --comment: #57606a; --name: #6639ba; --type: #8a4600; }
:root[data-spectensor-theme="dark"] { color-scheme: dark; --bg: #0e1116; --card: #15181d; --text: #e6e9ee; --muted: #9aa4b1;
  --line: #2b3038; --code: #171b21; --link: #7cc0ff; --pass: #5fd38a; --miss: #ff8f98;
  --keyword: #ff9fe0; --string: #8ddb9f; --number: #8cc4ff; --comment: #9aa4b1; --name: #cfb4ff; --type: #ffbf80; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 16px/1.55 system-ui, "Segoe UI", Arial, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--bg); padding: 6px 10px; z-index: 1; }
header nav { display: flex; justify-content: space-between; align-items: center; max-width: 1180px; margin: 0 auto; padding: 12px 20px; min-height: 54px; }
button { font: inherit; font-size: 14px; color: var(--text); background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 3px 12px; cursor: pointer; }
main { max-width: 1180px; margin: 0 auto; padding: 0 20px 60px; }
h1 { font-size: 28px; line-height: 1.25; margin: 8px 0 12px; }
h2 { font-size: 21px; margin: 32px 0 8px; }
h3 { font-size: 17px; margin: 24px 0 6px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 10px 14px; overflow-x: auto; font: 13.5px/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
pre.code { white-space: pre-wrap; overflow-wrap: anywhere; }
.hljs-keyword, .hljs-literal, .hljs-built_in { color: var(--keyword); }
.hljs-string, .hljs-regexp { color: var(--string); }
.hljs-number { color: var(--number); }
.hljs-comment { color: var(--comment); font-style: italic; }
.hljs-title, .hljs-attr { color: var(--name); }
.hljs-type, .hljs-class { color: var(--type); }
code { font-family: ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; font-size: .92em; }
pre code { font-size: inherit; }
img { max-width: 100%; height: auto; }
table { font-size: 15px; }
.text table { border-collapse: collapse; }
.text th, .text td { padding: 3px 14px 3px 0; text-align: left; border-bottom: 1px solid var(--line); }
math { font-size: 1.08em; }
math[display="block"] { margin: 10px 0; overflow-x: auto; }
.text { max-width: 800px; }
.output { margin: 10px 0 18px; overflow-x: auto; contain: paint; }
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
.card .spectensor-claims :is(th, td):is(:nth-child(2), :nth-child(5), :nth-child(6)) { display: none; }
.card .meta { color: var(--muted); font-size: 13.5px; margin-top: auto; }
.state { font-weight: 600; }
.summary, .links { color: var(--muted); }
.contents ol { padding-left: 22px; }
@media (max-width: 600px) { h1 { font-size: 24px; } header nav { padding: 10px 14px; } main { padding: 0 14px 40px; } pre { padding: 8px 10px; font-size: 12.5px; }
  table { font-size: 13px; } .card table { font-size: 12.5px; } .card :is(th, td) { padding-right: 7px !important; white-space: normal !important; }
  .card .body { padding: 12px 12px 14px; } .card .spectensor-claims :is(th, td):nth-child(3), .card .spectensor-comparison :is(th, td):nth-child(4) { display: none; } .card .picture img, .nothing { height: 220px; } }
.nothing { height: 280px; display: grid; place-items: center; color: var(--muted); }
[data-spectensor-theme="light"] .dark-only, [data-spectensor-theme="dark"] .light-only { display: none !important; }
@media print { header, .skip { display: none; } main { max-width: none; } pre { overflow: visible; white-space: pre-wrap; } }
`;
