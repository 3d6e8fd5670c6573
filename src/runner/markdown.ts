import type { Tokens } from "marked";
import { SpectensorError } from "../errors.js";
import { sanitizeHtml } from "./sanitize.js";

/**
 * Markdown with $inline$ and $$displayed$$ formulas, which become MathML; sanitised.
 * @throws SpectensorError if the libraries for Markdown and formulas are not installed
 */
export async function markdownRenderer(): Promise<(source: string) => string> {
  const [{ Marked }, { default: temml }] = await Promise.all([import("marked"), import("temml")]).catch((cause) => {
    throw new SpectensorError({
      where: "notebook pages",
      problem: "the packages marked and temml are not installed",
      advice: "run `npm install marked temml`",
      cause,
    });
  });
  // A displayed formula scrolls on a narrow screen, hence the keyboard must reach it.
  const formula = (tex: string, displayMode: boolean): string =>
    temml
      .renderToString(tex.trim(), { displayMode, throwOnError: false })
      .replace(/^<math display="block"/, '<math tabindex="0" display="block"');
  const extension = (
    name: string,
    level: "block" | "inline",
    start: string,
    pattern: RegExp,
    displayMode: boolean,
  ) => ({
    name,
    level,
    start: (source: string) => {
      const at = source.indexOf(start);
      return at < 0 ? undefined : at;
    },
    tokenizer: (source: string) => {
      const match = pattern.exec(source);
      return match ? { type: name, raw: match[0], tex: match[1] } : undefined;
    },
    renderer: (token: Tokens.Generic) => formula(String(token.tex), displayMode),
  });
  const marked = new Marked({
    extensions: [
      extension("displayFormula", "block", "$$", /^\$\$([\s\S]+?)\$\$(?:\n|$)/, true),
      extension("displayFormulaInText", "inline", "$$", /^\$\$([\s\S]+?)\$\$/, true),
      extension("inlineFormula", "inline", "$", /^\$(?!\s)((?:\\\$|[^$\n])+?)(?<!\s)\$(?!\d)/, false),
    ],
  });
  return (source) => sanitizeHtml(marked.parse(source, { async: false }));
}
