/** What outputs and texts of a notebook may put into a page: no scripts, no styles for other parts of it, no addresses that run code. */
import { createRequire } from "node:module";
import type { DOMPurify as Sanitizer } from "dompurify";
import type { JSDOM as JsdomConstructor } from "jsdom";

const require = createRequire(import.meta.url);
let sanitizer: Sanitizer | undefined;

/** HTML, SVG or MathML without anything that runs. */
export function sanitizeHtml(html: string): string {
  sanitizer ??= load();
  return sanitizer.sanitize(html, {
    // MathML's operators have a form (prefix, postfix), which is also the name of an attribute of HTML's controls.
    ADD_ATTR: ["form"],
    FORBID_TAGS: ["style", "template", "form", "input", "button", "textarea", "select", "audio", "video", "source"],
    FORBID_ATTR: ["srcset", "ping", "background", "name", "contenteditable", "autofocus"],
  });
}

function load(): Sanitizer {
  const { JSDOM } = require("jsdom") as { JSDOM: typeof JsdomConstructor };
  const create = require("dompurify") as (window: unknown) => Sanitizer;
  return create(new JSDOM("").window);
}
