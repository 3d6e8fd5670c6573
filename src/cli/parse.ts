/** Parsers of option values that several commands take. Each names the option and an example when it fails. */
import { readFileSync } from "node:fs";
import { didYouMean, OptionError } from "../errors.js";
import type { Broadening } from "../spectrum/broadening.js";
import { parseJson } from "../system/json.js";
import { quantityOf } from "./quantity.js";

/**
 * A finite number, optionally bounded from below.
 * @param unit what a plain number is in; then a quantity with another unit is taken as well
 */
export function numberOption(name: string, lowest = Number.NEGATIVE_INFINITY, unit?: string): (text: string) => number {
  return (text) => {
    const value = quantityOf(name, text, unit);
    if (value < lowest)
      throw new OptionError(`--${name}: expected a number ≥ ${lowest}${unit ? ` ${unit}` : ""}, found "${text}"`);
    return value;
  };
}

/** A number above zero; see {@link numberOption}. */
export function positiveOption(name: string, unit?: string): (text: string) => number {
  const parse = numberOption(name, 0, unit);
  return (text) => {
    const value = parse(text);
    if (value === 0) throw new OptionError(`--${name}: expected a number above 0, found "${text}"`);
    return value;
  };
}

/** A whole number, optionally bounded from below. */
export function integerOption(name: string, lowest = 0): (text: string) => number {
  const parse = numberOption(name, lowest);
  return (text) => {
    const value = parse(text);
    if (!Number.isInteger(value))
      throw new OptionError(`--${name}: expected a whole number ≥ ${lowest}, found "${text}"`);
    return value;
  };
}

/** One of these words. */
export function choiceOption<const W extends string>(name: string, words: readonly W[]): (text: string) => W {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const guess = didYouMean(text, words);
    const hint = guess ? `; did you mean ${guess}?` : "";
    throw new OptionError(`--${name}: expected ${words.join(" or ")}, found "${text}"${hint}`);
  };
}

/** Repeatable `--key polarizability=NAME`: our name for the tensor, then the name it has in the file. */
export function keyOption(text: string, previous: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1)
    throw new OptionError(`--key: expected QUANTITY=NAME, e.g. polarizability=alpha, found "${text}"`);
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Repeatable `--mass H=2.014`: symbol and mass in u. */
export function massOption(text: string, previous: Readonly<Record<string, number>> = {}): Record<string, number> {
  const [, symbol, value] = /^([A-Z][a-z]?)=(.+)$/.exec(text) ?? [];
  const mass = Number(value);
  if (!symbol || !(mass > 0 && Number.isFinite(mass)))
    throw new OptionError(`--mass: expected SYMBOL=MASS with a mass in u above 0, e.g. H=2.014, found "${text}"`);
  return { ...previous, [symbol]: mass };
}

/** Indices from 0, alone or as ranges: `0,1,5-8`. */
export function indicesOption(name: string): (text: string) => number[] {
  return (text) => {
    const parts = text.split(",").map((part) => /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part));
    return parts.flatMap((match) => {
      const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
      if (!match || last < first || last - first > 1e7)
        throw new OptionError(`--${name}: expected indices from 0 such as 0,1,5-8, found "${text}"`);
      return Array.from({ length: last - first + 1 }, (_, k) => first + k);
    });
  };
}

/** A JSON object given inline or as the path of a file. */
export function jsonOption(text: string): Record<string, unknown> {
  const inline = text.trim().startsWith("{");
  let value: unknown;
  try {
    value = parseJson(inline ? text : readFileSync(text, "utf8"), inline ? "JSON" : text);
  } catch (cause) {
    throw new OptionError({
      problem: `--options: ${inline ? `not valid JSON: ${text}` : `cannot read a JSON object from "${text}"`}`,
      advice: `write it inline, e.g. '{"cutoff": 5}', or give the path of a JSON file`,
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new OptionError(`--options: expected a JSON object, found ${text}`);
  return value as Record<string, unknown>;
}

/** Numbers separated by commas. */
export function numbersOption(name: string): (text: string) => number[] {
  const parse = numberOption(name);
  return (text) => text.split(",").map(parse);
}

/** A comma-separated list; "none" and "" are the empty one. */
export function listOption(text: string): string[] {
  return text === "none" || text.trim() === "" ? [] : text.split(",").map((x) => x.trim());
}

/** `none`, `lorentzian:10`, `gaussian:8`, `voigt:5:3`; widths are full widths at half maximum in cm⁻¹. */
export function broadeningOption(text: string): Broadening {
  const [kind = "", ...widths] = text.split(":");
  const number = numberOption("broadening", 0);
  const [first, second] = widths.map(number);
  if (kind === "none" && widths.length === 0) return { kind };
  if ((kind === "lorentzian" || kind === "gaussian") && widths.length === 1) return { kind, width: first! };
  if (kind === "voigt" && widths.length === 2) return { kind, lorentzian: first!, gaussian: second! };
  throw new OptionError(
    `--broadening: expected none, lorentzian:WIDTH, gaussian:WIDTH or voigt:LORENTZIAN:GAUSSIAN, found "${text}"`,
  );
}

/** Frames from `from` to before `to`. */
export interface FrameRange {
  readonly from?: number;
  readonly to?: number;
}

/** `a:b`, `a:` or `:b`, counted from 0, without b. */
export function frameRangeOption(text: string): FrameRange {
  const [, from, to] = /^(\d*):(\d*)$/.exec(text) ?? [];
  if (from === undefined || (from === "" && to === "") || (to !== "" && !(Number(from) < Number(to))))
    throw new OptionError(`--frames: expected FIRST:END with FIRST before END, counted from 0, found "${text}"`);
  return { ...(from !== "" && { from: Number(from) }), ...(to !== "" && { to: Number(to) }) };
}
