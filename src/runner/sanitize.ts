/** What outputs and texts of a notebook may put into a page: no scripts, no styles for other parts of it, no addresses that run code. */
import { createRequire } from "node:module";
import type { DOMPurify as Sanitizer } from "dompurify";
import type { JSDOM as JsdomConstructor } from "jsdom";

const require = createRequire(import.meta.url);
let sanitizer: Sanitizer | undefined;

/** HTML, SVG or MathML without anything that runs. */
export function sanitizeHtml(html: string): string {
  sanitizer ??= load();
  const clean = sanitizer.sanitize(html, {
    // MathML's operators have a form (prefix, postfix), which is also the name of an attribute of HTML's controls.
    ADD_ATTR: ["form"],
    FORBID_TAGS: ["style", "template", "form", "input", "button", "textarea", "select", "audio", "video", "source"],
    FORBID_ATTR: ["srcset", "ping", "background", "name", "contenteditable", "autofocus"],
  });
  return clean.replaceAll(LESS, "&lt;").replaceAll(GREATER, "&gt;");
}

// Stand for < and > while a text is sanitised; Unicode keeps both out of every text.
const [LESS, GREATER] = ["\ufdd0", "\ufdd1"];

function load(): Sanitizer {
  const { JSDOM } = require("jsdom") as { JSDOM: typeof JsdomConstructor };
  const create = require("dompurify") as (window: unknown) => Sanitizer;
  const made = create(new JSDOM("").window);
  // Descriptions that hold "</script>" or "-->" would be dropped, and with them what a picture says to those who do not see it.
  made.addHook("uponSanitizeAttribute", (_, attribute) => {
    if (["alt", "title", "aria-label"].includes(attribute.attrName))
      attribute.attrValue = attribute.attrValue.replaceAll("<", LESS).replaceAll(">", GREATER);
  });
  return made;
}
