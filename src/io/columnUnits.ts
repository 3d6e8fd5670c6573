/** Units of the columns of plain files: as the names, the comments or the caller say. */
import { statedScale, type UnitField } from "./fieldUnits.js";
import type { Lines } from "./lines.js";

/** Units of dipoles and polarizabilities that comments mention in passing, other than this package's own. */
const MENTIONED =
  /\b(debyes?)\b|(?<![\w.])(a\.\s?u\.?|au)(?![\w.])|\b(atomic units?|e\s?[*·]?\s?(?:bohr|a_?0)|bohr\s?(?:\^|\*\*)?\s?3|C\s?[*·]\s?m|nm\s?(?:\^|\*\*)?\s?3)(?!\w)|[([/]\s*(D)\s*(?:[)\]]|$)/i;

/** A unit that comments mention without saying of which columns; `undefined` if there is none. */
export function mentionedUnit(comments: readonly string[]): string | undefined {
  for (const text of comments) {
    const found = MENTIONED.exec(text.replace(MENTIONED_TIME, " "));
    if (found) return found.slice(1).find((word) => word !== undefined);
  }
  return undefined;
}

/** "time in ps", "times (a.u.)". */
const MENTIONED_TIME =
  /\btimes?\s*(?:in|is in|are in|[([/=:])\s*(fs|ps|ns|as|a\.?u\.?|atomic units?|femtoseconds?|picoseconds?)(?![a-z])/i;

/** The unit of times that comments mention; `undefined` if there is none. */
export function mentionedTime(comments: readonly string[]): string | undefined {
  return comments.map((text) => MENTIONED_TIME.exec(text)?.[1]).find((unit) => unit !== undefined);
}

/**
 * The factor for the values or times of a file: as the caller says, or as the header does.
 * @throws FormatError if both say different things, or the header's unit is not known
 */
export function columnScale(
  lines: Lines,
  field: UnitField,
  given: number | undefined,
  stated: string | undefined,
): number {
  if (stated === undefined) return given ?? 1;
  if (given !== undefined) {
    const said = statedScale(field, stated, () => given as never);
    if (Math.abs(said - given) > 1e-9 * given)
      lines.fail(
        `the header says that ${field} is in "${stated}", the options say another unit`,
        "leave the option out, or correct the header",
      );
    return given;
  }
  return statedScale(field, stated, (problem, advice) => lines.fail(problem, advice));
}
