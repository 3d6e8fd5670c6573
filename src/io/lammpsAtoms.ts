/** Which row of a LAMMPS dump is which atom. */
import { atomicMass, CHEMICAL_SYMBOLS } from "../structure/elements.js";
import { symbolsOfLabels } from "./lammpsLabels.js";
import type { Lines } from "./lines.js";

/** Ids of the first frame. */
export interface SeenIds {
  ids: Int32Array | undefined;
  told: boolean;
}

/** Warns once where ids leave gaps, or are others than in the first frame: an atom was lost, or the dumped group changed. */
export function sameIds(lines: Lines, ids: Int32Array, seen: SeenIds): void {
  const n = ids.length;
  if (!seen.ids) {
    seen.ids = ids;
    if (ids[n - 1] !== n)
      lines.warn(`ids go up to ${ids[n - 1]} for ${n} atoms: a group was dumped, or an atom is missing`);
  } else if (!seen.told && ids.length === seen.ids.length) {
    const i = ids.findIndex((id, k) => id !== seen.ids![k]);
    if (i < 0) return;
    seen.told = true;
    lines.warn(`ids are other ones than in the first frame, where atom ${i} has ${seen.ids[i]}, here ${ids[i]}`);
  }
}

/** Rows in the order of ids; as they stand if there are none. */
export function idOrder(lines: Lines, table: Float64Array, column: number, width: number, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  if (column < 0) return order;
  for (let i = 0; i < count; i++) {
    const id = table[i * width + column]!;
    if (!(Number.isInteger(id) && id >= 1))
      lines.fail(`id ${id}, expected a whole number from 1 on`, "the dump is damaged");
  }
  order.sort((a, b) => table[a * width + column]! - table[b * width + column]!);
  for (let i = 1; i < count; i++)
    if (table[order[i]! * width + column] === table[order[i - 1]! * width + column])
      lines.fail(`id ${table[order[i]! * width + column]} stands there twice in this frame`, "the dump is damaged");
  return order;
}

/** Symbols of a column of elements, in which some have names of their own ("Ow"); `species` says what these are. */
export function symbolsOfElements(
  lines: Lines,
  elements: readonly string[],
  species: readonly string[] | undefined,
): readonly string[] {
  const mapped = species?.some((s) => s.includes("="));
  const kinds = [...new Set(elements)];
  if (!mapped && kinds.every((e) => CHEMICAL_SYMBOLS.includes(e))) return elements;
  const known = kinds.filter((e) => CHEMICAL_SYMBOLS.includes(e)).map((e) => `${e}=${e}`);
  return symbolsOfLabels(lines, elements, mapped ? [...known, ...species!] : species);
}

/** Standard weights that are this near, u, are those of the element: inputs have them with two digits and more. */
const sameWeight = 0.02;

/** Symbols by the masses of atoms; `undefined` where one is that of no element (a deuteron, a united atom). */
function symbolsOfMasses(masses: Float64Array): string[] | undefined {
  const symbols = Array.from(masses, (m) => CHEMICAL_SYMBOLS.find((s) => Math.abs(atomicMass(s) - m) < sameWeight));
  return symbols.every((s) => s !== undefined) ? (symbols as string[]) : undefined;
}

/** Symbols by `species` from the numbers of types, or from their labels; without either by the masses. */
export function symbolsOf(
  lines: Lines,
  types: Float64Array | readonly string[] | undefined,
  masses: Float64Array | undefined,
  species: readonly string[] | undefined,
): readonly string[] {
  if (types && !(types instanceof Float64Array)) return symbolsOfLabels(lines, types, species);
  const byMass = species ? undefined : masses && symbolsOfMasses(masses);
  if (byMass) return byMass;
  if (!types)
    return lines.fail(
      `neither element nor type among the columns${masses ? ", and not every mass is that of an element" : ""}`,
      "dump it with element (dump_modify … element) or type",
    );
  if (!species)
    return lines.fail("types without elements", 'say what they are, e.g. species: ["Si", "O"] for types 1 and 2');
  return Array.from(
    types,
    (t) => species[t - 1] ?? lines.fail(`type ${t}, but species names ${species.length}: ${species.join(", ")}`),
  );
}
