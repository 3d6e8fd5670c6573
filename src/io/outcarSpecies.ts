/** Species of an OUTCAR: "ions per type" has ten counts at most, symbols may be missing or cut. */
import type { Lines } from "./lines.js";
import { elementOfKind } from "./pseudopotential.js";
import { type more, nextLine } from "./source.js";

/** What the head of an OUTCAR says of its ions, gathered line by line. */
export interface OutcarHead {
  /** Of `VRHFIN =`, as printed before the colon. */
  readonly symbols: string[];
  /** Of `TITEL  =`. */
  readonly titles: string[];
  /** Of `POTCAR:`, which an OUTCAR has once or twice per kind. */
  readonly potcars: string[];
  /** NIONS */
  ions: number | undefined;
}

export function outcarHead(): OutcarHead {
  return { symbols: [], titles: [], potcars: [], ions: undefined };
}

/** Takes a line of the head, if it is one of those that name ions. */
export function addHeadLine(head: OutcarHead, text: string): void {
  const [, word, rest = ""] = /^\s*(VRHFIN\s*=|TITEL\s*=|POTCAR:)(.*)$/.exec(text) ?? [];
  if (word?.startsWith("VRHFIN")) head.symbols.push(rest.split(":")[0]!.trim());
  else if (word?.startsWith("TITEL")) head.titles.push(rest.trim());
  else if (word) head.potcars.push(rest.trim());
  else head.ions = Number(/NIONS\s*=\s*(\d+)/.exec(text)?.[1] ?? head.ions);
}

const mostIons = 1e6;

/**
 * The species of every ion, from the line "ions per type =" on, which the cursor is in, and its continuations.
 * @throws FormatError if counts and names leave a doubt
 */
export function* readSpecies(lines: Lines, head: OutcarHead): Generator<typeof more, readonly string[], void> {
  const counts = countsIn(lines, lines.text());
  while (yield* nextLine(lines)) {
    const text = lines.text();
    if (!/^\s+ions per type =/.test(text) && !/^(\s+\d+)+\s*$/.test(text)) {
      lines.back();
      break;
    }
    counts.push(...countsIn(lines, text));
  }
  const kinds = kindsOf(lines, head, counts.length);
  const whole = completed(lines, counts, kinds.length, head.ions);
  return whole.flatMap((c, k) => new Array<string>(c).fill(kinds[k]!));
}

/** Counts of four columns each (10I4), which touch from 1000 on and are **** from 10000 on: then `undefined`. */
function countsIn(lines: Lines, text: string): (number | undefined)[] {
  const fields = text.slice(text.indexOf("=") + 1);
  const words = fields.trim().split(/\s+/);
  if (words.every((w) => /^\d{1,4}$/.test(w))) return words.map(Number);
  const columns = fields.trimEnd();
  const found: (number | undefined)[] = [];
  // Right-aligned: the last field ends where the line ends.
  for (let end = columns.length; end > 0; end -= 4) {
    const field = columns.slice(Math.max(0, end - 4), end).trim();
    if (field === "") continue;
    if (!/^(\d+|\*+)$/.test(field)) return lines.fail(`ions per type are "${text.trim().slice(0, 80)}"`);
    found.unshift(field.startsWith("*") ? undefined : Number(field));
  }
  return found;
}

function kindsOf(lines: Lines, { symbols, titles, potcars }: OutcarHead, counts: number): string[] {
  const names = titles.length > 0 ? titles : once(potcars, Math.max(counts, symbols.length));
  const kinds: string[] = [];
  for (let k = 0; k < Math.max(names.length, symbols.length); k++) {
    const [symbol, pseudopotential] = [symbols[k], names[k]];
    const element = elementOfKind(
      { ...(symbol !== undefined && { symbol }), ...(pseudopotential !== undefined && { pseudopotential }) },
      (problem) => lines.warn(problem),
    );
    if (!element)
      lines.fail(
        `which element kind ${k + 1} of the ions is, is not said: its symbol is "${symbol ?? ""}", its pseudopotential "${pseudopotential ?? ""}"`,
        "read the vasprun.xml of this run, or write VRHFIN and TITEL of its POTCAR into the file",
      );
    kinds.push(element!);
  }
  if (kinds.length < counts)
    lines.fail(
      `${counts} kinds of ions, but the POTCAR section (VRHFIN, TITEL) names ${kinds.join(", ") || "none"}`,
      "get the whole file",
    );
  return kinds;
}

/** The names are listed at the top, and again where each POTCAR is described. */
function once(potcars: readonly string[], kinds: number): readonly string[] {
  const half = potcars.length / 2;
  const twice = Number.isInteger(half) && potcars.slice(0, half).join("\n") === potcars.slice(half).join("\n");
  return twice && half >= kinds ? potcars.slice(0, half) : potcars;
}

/** Counts that VASP did not print (behind the tenth, or ****) where the number of ions leaves no doubt. */
function completed(
  lines: Lines,
  counts: readonly (number | undefined)[],
  kinds: number,
  ions: number | undefined,
): number[] {
  const known = counts.reduce<number>((sum, c) => sum + (c ?? 0), 0);
  if (known > mostIons || counts.includes(0)) lines.fail(`ions per type are ${counts.join(" ")}`);
  const all: (number | undefined)[] = Array.from({ length: kinds }, (_, k) => counts[k]);
  const open = all.filter((c) => c === undefined).length;
  const rest = (ions ?? 0) - known;
  if (open === 0 && (ions === undefined || rest === 0)) return all as number[];
  if (open === 0) lines.fail(`${known} ions in ${kinds} kinds, but NIONS is ${ions}`, "the file is damaged");
  if (ions !== undefined && rest === open) return all.map((c) => c ?? 1);
  if (ions !== undefined && open === 1 && rest > 0 && ions <= mostIons) return all.map((c) => c ?? rest);
  return lines.fail(
    `${counts.length} counts of ions for ${kinds} kinds${ions === undefined ? "" : ` and ${ions} ions (NIONS)`}: VASP prints ten counts of at most four digits, and the others are not to be told`,
    "read the vasprun.xml of this run, which has them all",
  );
}
