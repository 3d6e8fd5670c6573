import { createRequire } from "node:module";
import type { HLJSApi, LanguageFn } from "highlight.js";

const require = createRequire(import.meta.url);
let highlighter: HLJSApi | undefined;

/** TypeScript as HTML with classes for its colours, `hljs-keyword` and so on; everything in it escaped. */
export function highlightCode(code: string): string {
  if (!highlighter) {
    highlighter = require("highlight.js/lib/core") as HLJSApi;
    highlighter.registerLanguage("typescript", require("highlight.js/lib/languages/typescript") as LanguageFn);
  }
  return highlighter.highlight(code, { language: "typescript", ignoreIllegals: true }).value;
}
