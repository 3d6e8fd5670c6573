/** Elements of a LAMMPS dump whose types have labels instead of numbers. */
import { CHEMICAL_SYMBOLS } from "../structure/elements.js";
import type { Lines } from "./lines.js";

/**
 * @param labels of the atoms in the order of their ids
 * @param species `LABEL=ELEMENT` for each label, or elements in the order in which the labels first appear
 * @throws (by `lines.fail`) where labels are no elements and nobody says what they are
 */
export function symbolsOfLabels(
  lines: Lines,
  labels: readonly string[],
  species: readonly string[] | undefined,
): readonly string[] {
  const kinds = [...new Set(labels)];
  if (!species && kinds.every((label) => CHEMICAL_SYMBOLS.includes(label))) return labels;
  const named = new Map((species ?? []).flatMap((s) => (s.includes("=") ? [s.split("=", 2) as [string, string]] : [])));
  if (species && named.size === 0) {
    if (species.length !== kinds.length)
      lines.fail(
        `${kinds.length} labels of types (${kinds.slice(0, 8).join(", ")}), species names ${species.length}: ${species.join(", ")}`,
        'say which is which, e.g. species: ["OW=O", "HW=H"]',
      );
    for (const [k, label] of kinds.entries()) named.set(label, species[k]!);
    const wrong = kinds.find((label) => CHEMICAL_SYMBOLS.includes(label) && named.get(label) !== label);
    if (wrong !== undefined)
      lines.fail(`the label "${wrong}" would be ${named.get(wrong)}`, `say it, e.g. species: ["${wrong}=${wrong}"]`);
  }
  const missing = kinds.find((label) => !named.has(label));
  if (missing !== undefined)
    lines.fail(
      `types have labels, and nobody says which element "${missing}" is`,
      `say it: species: [${kinds
        .slice(0, 4)
        .map((label) => `"${label}=${label[0]}"`)
        .join(", ")}]`,
    );
  return labels.map((label) => named.get(label)!);
}
