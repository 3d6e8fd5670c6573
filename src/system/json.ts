/** JSON from files: texts of others, which may be nested without end. */
import { FormatError } from "../errors.js";

/** Deepest nesting of a file of this package or of a notebook is about ten. */
const DEEPEST = 200;

/**
 * Parses JSON after looking how deep it is: parsers, and all that walks the result, take their time or their stack for that.
 * @param file name for messages
 * @throws FormatError if it is not JSON or nested more than 200 times
 */
export function parseJson(text: string, file: string, advice?: string): unknown {
  const depth = nesting(text);
  if (depth > DEEPEST)
    throw new FormatError({
      file,
      problem: `JSON that is nested more than ${DEEPEST} times`,
      ...(advice && { advice }),
    });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError({
      file,
      problem: `not JSON (${(cause as Error).message.replace(/\s+/g, " ").slice(0, 120)})`,
      ...(advice && { advice }),
      cause,
    });
  }
}

/** Greatest number of brackets that are open at a time, outside of strings; stops counting beyond the limit. */
function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  for (let i = 0; i < text.length && most <= DEEPEST; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // a string: on to the quote that is not escaped
        for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > most) most = depth;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
    }
  }
  return most;
}
