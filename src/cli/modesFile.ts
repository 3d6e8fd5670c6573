/** Modes as `spectensor harmonic --json` writes them, for `--modes`. */
import { readFileSync } from "node:fs";
import { DataError, OptionError } from "../errors.js";
import { matrix } from "../math/matrix.js";
import type { ModeRow } from "../spectrum/modeTable.js";
import type { NormalModes } from "../spectrum/phonons.js";
import { createStructure, type StructureInput } from "../structure/structure.js";

/** Modes with, where the eigenvectors are known, what a trajectory is projected on. */
export interface KnownModes {
  readonly rows: readonly ModeRow[];
  readonly normalModes?: NormalModes;
}

const ADVICE = "make it with: spectensor harmonic REFERENCE … --json > modes.json";

/** @throws OptionError if the file is no JSON; DataError if it has no modes */
export function modesOption(path: string): KnownModes {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new OptionError({ problem: `--modes: cannot read JSON from "${path}"`, advice: ADVICE, cause });
  }
  const { modes, normalModes } = (value ?? {}) as { readonly modes?: unknown; readonly normalModes?: unknown };
  if (!Array.isArray(modes) || !modes.every(isModeRow))
    throw new DataError({ where: path, problem: "has no list of modes", advice: ADVICE });
  return { rows: modes, ...(normalModes !== undefined && { normalModes: readNormalModes(normalModes, path) }) };
}

function isModeRow(value: unknown): value is ModeRow {
  const { mode, wavenumber, kind, symmetry } = (value ?? {}) as Partial<Record<keyof ModeRow, unknown>>;
  return (
    typeof mode === "number" &&
    typeof wavenumber === "number" &&
    typeof kind === "string" &&
    typeof symmetry === "string"
  );
}

function readNormalModes(value: unknown, path: string): NormalModes {
  const given = value as Partial<Record<"structure" | "masses" | "wavenumbers" | "eigenvectors", unknown>>;
  const vectors = (given.eigenvectors ?? {}) as { readonly values?: unknown };
  const numbers = (list: unknown, length: number): Float64Array => {
    if (!Array.isArray(list) || list.length !== length || !list.every(Number.isFinite))
      throw new DataError({
        where: path,
        problem: `its normal modes are not whole: expected ${length} numbers`,
        advice: ADVICE,
      });
    return Float64Array.from(list as number[]);
  };
  const input = given.structure as StructureInput | undefined;
  if (!Array.isArray(input?.species) || !Array.isArray(input.positions))
    throw new DataError({ where: path, problem: "its normal modes have no structure", advice: ADVICE });
  const structure = createStructure(input);
  const n = structure.species.length;
  const eigenvectors = matrix(3 * n, 3 * n);
  eigenvectors.values.set(numbers(vectors.values, 9 * n * n));
  return {
    structure,
    masses: numbers(given.masses, n),
    wavenumbers: numbers(given.wavenumbers, 3 * n),
    eigenvectors,
  };
}
