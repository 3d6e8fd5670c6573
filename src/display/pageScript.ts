/** Scripts that run in pages, as text: ours, bundled from src/page when the package is built, and the libraries they use. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { codeForScript } from "./html.js";

export type PageScript = "themeChoice" | "themeButton" | "plots" | "structures" | "links";

/** A script of ours, safe inside a script element. */
export function pageScript(name: PageScript): string {
  const path = fileURLToPath(new URL(`../page/${name}.script.js`, import.meta.url));
  return codeForScript(readFileSync(path, "utf8"));
}

/** A library under a name of our own, whatever module loader the page has; then our script that uses it. */
export function libraryScript(path: string, global: string, user: PageScript): string {
  const library = codeForScript(readFileSync(path, "utf8"));
  return `(function () { var module = { exports: {} }, exports = module.exports, define; ${library}
window.${global} = module.exports; })();
${pageScript(user)}`;
}

/** What an output says to the script that serves the list, see `src/page/queue.ts`. `data` must be JSON that is safe inside a script element. */
export function enqueueCode(list: string, id: string, data: string): string {
  return `(window.${list} = window.${list} || []).push([${JSON.stringify(id)},\n${data}\n]); document.dispatchEvent(new Event("${list}"));`;
}
