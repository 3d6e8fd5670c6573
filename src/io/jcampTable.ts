/**
 * The data tables of JCAMP-DX: ASCII free format (AFFN) and squeezed difference form (ASDF: PAC, SQZ, DIF, DUP).
 * McDonald, Wilks, Appl. Spectrosc. 42, 151 (1988), 10.1366/0003702884428734, sections 5.1 to 5.8.
 */

/** One ordinate field of a line. */
export type Ordinate =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "difference"; readonly value: number }
  /** How often the field before stands there in all. */
  | { readonly kind: "repeat"; readonly count: number }
  /** "?": no ordinate was measured. */
  | { readonly kind: "missing" };

/** A line of (X++(Y..Y)): its abscissa as printed, and its fields. */
export interface TableLine {
  readonly x: number;
  /** Half a unit in the last digit of the printed abscissa. */
  readonly rounding: number;
  readonly fields: readonly Ordinate[];
}

// A pseudo-digit is delimiter, sign and first digit in one.
const squeezed = pseudoDigits("@ABCDEFGHI", "abcdefghi");
const differences = pseudoDigits("%JKLMNOPQR", "jklmnopqr");
const repeats = new Map([..."STUVWXYZs"].map((letter, k) => [letter, String(k + 1)]));

function pseudoDigits(positive: string, negative: string): ReadonlyMap<string, string> {
  return new Map([
    ...[...positive].map((letter, k) => [letter, String(k)] as const),
    ...[...negative].map((letter, k) => [letter, `-${k + 1}`] as const),
  ]);
}

// "E" is an exponent only before a sign; otherwise it is the pseudo-digit 5.
const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]\d{1,3})?/y;
const digits = /\d*(?:\.\d*)?/y;

/** Reads one line of an (X++(Y..Y)) table. @returns the line, or a sentence that says what is wrong */
export function tableLine(text: string): TableLine | string {
  const start = /^\s*/.exec(text)![0].length;
  number.lastIndex = start;
  const first = number.exec(text)?.[0];
  if (first === undefined) return `expected an abscissa, found "${text.trim().slice(0, 20)}"`;
  const decimals = /\.(\d*)/.exec(first)?.[1]?.length ?? 0;
  const exponent = Number(/[eE]([+-]\d+)$/.exec(first)?.[1] ?? 0);
  const fields = ordinates(text, start + first.length);
  if (typeof fields === "string") return fields;
  return { x: Number(first), rounding: 0.5 * 10 ** (exponent - decimals), fields };
}

function ordinates(text: string, from: number): Ordinate[] | string {
  const fields: Ordinate[] = [];
  let i = from;
  while (i < text.length) {
    const c = text[i]!;
    if (/[\s,;]/.test(c)) {
      i++;
      continue;
    }
    if (c === "?") {
      fields.push({ kind: "missing" });
      i++;
      continue;
    }
    const [table, kind] = squeezed.has(c)
      ? ([squeezed, "value"] as const)
      : differences.has(c)
        ? ([differences, "difference"] as const)
        : ([repeats, "repeat"] as const);
    const lead = table.get(c);
    if (lead === undefined) {
      number.lastIndex = i;
      const word = number.exec(text)?.[0];
      if (word === undefined) return `"${text.slice(i, i + 12)}" is no ordinate`;
      fields.push({ kind: "value", value: Number(word) });
      i += word.length;
      continue;
    }
    digits.lastIndex = i + 1;
    const rest = digits.exec(text)![0];
    const value = Number(lead + rest);
    if (!Number.isFinite(value)) return `"${c}${rest}" is no ordinate`;
    if (kind === "repeat" && !(Number.isInteger(value) && value <= 1e6)) return `a field repeated ${value} times`;
    fields.push(kind === "repeat" ? { kind, count: value } : { kind, value });
    i += 1 + rest.length;
  }
  return fields;
}
