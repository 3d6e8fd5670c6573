/** The comment line of extended XYZ: `key=value` pairs with quotes, braces and JSON-like arrays. */
import { isOdd } from "./number.js";

/** A value as read: what `Frame.info` can hold. */
export type InfoValue = number | string | boolean | Float64Array;

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;

/**
 * Splits a comment line into its pairs; a bare word is a key with the value "T" (ASE's dialect).
 * @returns the pairs as text, or a sentence that says what is wrong
 */
export function commentPairs(text: string): Map<string, string> | string {
  const pairs = new Map<string, string>();
  let i = 0;
  // Every blank that ends a token, no-break spaces too: otherwise a token of no length would stay where it is.
  const blank = (c: string | undefined) => c !== undefined && /\s/.test(c);
  while (i < text.length) {
    while (blank(text[i])) i++;
    if (i === text.length) break;
    const key = token(text, i, "=");
    if (typeof key === "string") return key;
    let k = key.end;
    while (blank(text[k])) k++;
    if (text[k] !== "=") {
      pairs.set(key.value, "T");
      i = key.end;
      continue;
    }
    k++;
    while (blank(text[k])) k++;
    const value = token(text, k, "");
    if (typeof value === "string") return `${value} in the value of "${key.value}"`;
    if (key.value === "") return `a value without a name at column ${i + 1}`;
    pairs.set(key.value, value.value);
    i = value.end;
  }
  return pairs;
}

/** A quoted, bracketed or bare token that starts at `i`; `stop` ends a bare one too. */
function token(text: string, i: number, stop: string): { value: string; end: number } | string {
  const open = text[i];
  if (open === '"' || open === "'") {
    let value = "";
    for (let k = i + 1; k < text.length; k++) {
      if (text[k] === open) return { value, end: k + 1 };
      if (text[k] === "\\" && k + 1 < text.length) k++;
      value += text[k];
    }
    return "a quote that is never closed";
  }
  if (open === "[" || open === "{") {
    let depth = 0;
    for (let k = i; k < text.length; k++) {
      if (text[k] === "[" || text[k] === "{") depth++;
      if ((text[k] === "]" || text[k] === "}") && --depth === 0) return { value: text.slice(i, k + 1), end: k + 1 };
    }
    return "a bracket that is never closed";
  }
  let end = i;
  while (end < text.length && !/\s/.test(text[end]!) && text[end] !== stop) end++;
  const bare = text.slice(i, end);
  const rest = /^\s*[[{]/.exec(text.slice(end));
  if (bare === "_JSON" && rest) return token(text, end + rest[0].length - 1, "");
  return { value: bare, end };
}

/** The numbers of `1 2 3`, `1, 2, 3`, `[1, 2]`, `[[1, 0], [0, 1]]` or `{1 2}`; `undefined` if it is something else. */
export function numberList(text: string): number[] | undefined {
  const words = text
    .replace(/[[\]{},]/g, " ")
    .trim()
    .split(/\s+/);
  if (words.length === 0 || !words.every((w) => numberPattern.test(w))) return undefined;
  const numbers = words.map((w) => Number(w.replace(/[dD]/, "e")));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

/** Whether a value is a list of numbers of which at least one is nan or infinite. */
export function oddNumbers(text: string): boolean {
  const words = text
    .replace(/[[\]{},]/g, " ")
    .trim()
    .split(/\s+/);
  return words.some(isOdd) && words.every((w) => isOdd(w) || numberPattern.test(w));
}

/** The booleans of "T F T", "[T, F, T]" or "1 0 1"; `undefined` if it is something else. */
export function booleanList(text: string): boolean[] | undefined {
  const words = text
    .replace(/[[\]{},]/g, " ")
    .trim()
    .split(/\s+/);
  const truth = words.map((w) => (/^(t|true|1)$/i.test(w) ? true : /^(f|false|0)$/i.test(w) ? false : undefined));
  return truth.includes(undefined) ? undefined : (truth as boolean[]);
}

/** A pair's value with the type it looks like. */
export function infoValue(text: string): InfoValue {
  if (/^(T|True|true)$/.test(text)) return true;
  if (/^(F|False|false)$/.test(text)) return false;
  const numbers = numberList(text);
  if (!numbers) return text;
  return numbers.length === 1 && !/[[{]/.test(text) ? numbers[0]! : Float64Array.from(numbers);
}
