/** Damage done to files, by a seeded draw: what disks, editors, killed jobs and joined runs do, and what they do not. */
import type { Random } from "../../src/math/random.js";

const words = [
  ...["nan", "NaN", "-inf", "Infinity", "1e308", "-1e308", "1e400", "1e-320", "-0", "0", "-1", "1e9", "4294967296"],
  ...[
    "99999999999999999999",
    "1.5D+03",
    "1.5-103",
    "****",
    "0x10",
    "1_000",
    "+",
    "-",
    ".",
    "e5",
    "__proto__",
    "constructor",
  ],
  ...[
    "T",
    "F",
    "null",
    "\u001b[2J",
    "\ufeff",
    "é",
    "Å",
    "\u202e",
    "\0",
    '"',
    "[",
    "{",
    "<",
    "##",
    "$$",
    "&a",
    "*a",
    "ITEM:",
  ],
];
const letters = '0123456789.-+eEdD*NaXTF \n\t\r\0=<>"{}[](),;:#!%$&/é';

type Mutation = (text: string, draw: Random, other: string) => string;

function lineRange(text: string, draw: Random): [number, number] {
  const at = draw.integer(text.length + 1);
  const from = text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
  const end = text.indexOf("\n", at);
  return [Math.min(from, at), end < 0 ? text.length : end + 1];
}

function tokenRange(text: string, draw: Random): [number, number] {
  const at = draw.integer(text.length + 1);
  const token = /[^\s"',:<>=[\]{}()]+/g;
  token.lastIndex = Math.max(0, at - 8);
  const found = token.exec(text);
  return found ? [found.index, found.index + found[0].length] : [0, 0];
}

const mutations: readonly Mutation[] = [
  // a byte changed, lost, added
  (t, d) => splice(t, d.integer(t.length + 1), 1, letters[d.integer(letters.length)]!),
  (t, d) => splice(t, d.integer(t.length + 1), 1 + d.integer(20), ""),
  (t, d) => splice(t, d.integer(t.length + 1), 0, letters[d.integer(letters.length)]!),
  // a word replaced
  (t, d) => {
    const [from, end] = tokenRange(t, d);
    return splice(t, from, end - from, words[d.integer(words.length)]!);
  },
  (t, d) => {
    const [from, end] = tokenRange(t, d);
    return splice(t, from, end - from, "");
  },
  // a line lost, doubled, moved
  (t, d) => {
    const [from, end] = lineRange(t, d);
    return splice(t, from, end - from, "");
  },
  (t, d) => {
    const [from, end] = lineRange(t, d);
    return splice(t, from, 0, t.slice(from, end));
  },
  (t, d) => {
    const [from, end] = lineRange(t, d);
    const rest = splice(t, from, end - from, "");
    return splice(rest, lineRange(rest, d)[0], 0, t.slice(from, end));
  },
  // a piece doubled, zeroed, repeated many times; the end cut off; two files joined
  (t, d) => {
    const at = d.integer(t.length + 1);
    return splice(t, at, 0, t.slice(at, at + d.integer(400)));
  },
  (t, d) => {
    const length = 1 + d.integer(300);
    return splice(t, d.integer(t.length + 1), length, "\0".repeat(length));
  },
  (t, d) => {
    // Seldom long enough to show a search whose time grows as the square.
    const length = d.integer(20) === 0 ? 300_000 : 5000;
    return splice(t, d.integer(t.length + 1), 0, letters[d.integer(letters.length)]!.repeat(1 + d.integer(length)));
  },
  (t, d) => t.slice(0, d.integer(t.length + 1)),
  (t, d) => t.slice(d.integer(t.length + 1)),
  (t, d, other) => splice(t, lineRange(t, d)[0], 0, other.slice(0, d.integer(other.length + 1))),
  (t, d) => t + t.slice(0, d.integer(t.length + 1)),
  (t, d) => (d.integer(2) ? t.replaceAll("\n", "\r\n") : t.replaceAll("\n", "\r")),
];

function splice(text: string, at: number, length: number, replacement: string): string {
  return text.slice(0, at) + replacement + text.slice(at + length);
}

/** The text with one to four pieces of damage. @param other a file of another kind, to be mixed in */
export function mutate(text: string, draw: Random, other: string): string {
  let damaged = text;
  for (let k = 1 + draw.integer(4); k > 0; k--)
    damaged = mutations[draw.integer(mutations.length)]!(damaged, draw, other);
  return damaged;
}

const oddValues: readonly unknown[] = [
  ...[null, true, "", "x", "__proto__", [], {}, [[]], 0, -1, 1.5, 1e308, -1e308, 1e-320, 2 ** 53, 1e9],
  ...["AAAA", "NaN", "\u001b[2J", "1".repeat(2000), [1, 2, 3], { constructor: 1 }],
];

/** A JSON document with one to three values replaced, removed, renamed or doubled. */
export function mutateJson(text: string, draw: Random): string {
  const document: unknown = JSON.parse(text);
  for (let k = 1 + draw.integer(3); k > 0; k--) {
    const places: [object, string][] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null || places.length > 5000) return;
      for (const [key, inner] of Object.entries(value)) {
        places.push([value, key]);
        visit(inner);
      }
    };
    visit(document);
    if (places.length === 0) break;
    const [holder, key] = places[draw.integer(places.length)]! as [Record<string, unknown>, string];
    const kind = draw.integer(4);
    if (kind === 0) {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
    } else if (kind === 1 && typeof holder[key] === "number")
      holder[key] = -(holder[key] as number) * 10 ** draw.integer(12);
    else if (kind === 2) holder[`${key}x`] = holder[key];
    else holder[key] = oddValues[draw.integer(oddValues.length)];
  }
  return JSON.stringify(document);
}
