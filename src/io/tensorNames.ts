/** Which names, component orders and layouts mean which field of a {@link Frame}. */
import { OptionError } from "../errors.js";

/** Fields of a frame that a file can hold under many names. */
export type FrameField =
  | "forces"
  | "velocities"
  | "bornCharges"
  | "energy"
  | "time"
  | "stress"
  | "virial"
  | "polarization"
  | "polarizability"
  | "dielectric";

/** Spellings that are understood without being told; upper case, "_" and "-" do not matter. */
const spellings: Readonly<Record<FrameField, readonly string[]>> = {
  forces: ["forces", "force"],
  velocities: ["vel", "velo", "velocity", "velocities"],
  bornCharges: ["bec", "becs", "borncharge", "borncharges", "borneffectivecharge", "borneffectivecharges", "zstar"],
  energy: ["energy"],
  time: ["time"],
  stress: ["stress"],
  virial: ["virial"],
  polarization: ["dipole", "dipolemoment", "polarization"],
  polarizability: ["polarizability"],
  dielectric: ["dielectric", "epsilon", "dielectrictensor", "epsiloninf"],
};

/** Every field name, for options that map names. */
export const frameFields = Object.keys(spellings) as FrameField[];

const mostNames = 1000;

/** File name → field, from the user's mapping first and the known spellings second. */
export type FieldNames = (name: string) => { readonly field: FrameField; readonly asked: boolean } | undefined;

/**
 * @param keys the file's name for a field, e.g. `{ polarizability: "alpha_pbe" }`; that field is then read from no other name
 * @throws OptionError for an unknown field
 */
export function fieldNames(keys: Readonly<Partial<Record<FrameField, string>>> = {}): FieldNames {
  for (const field of Object.keys(keys))
    if (!(field in spellings))
      throw new OptionError({
        where: "keys",
        problem: `unknown field "${field}"`,
        advice: `fields are ${frameFields.join(", ")}`,
      });
  const asked = new Map(Object.entries(keys).map(([field, name]) => [name, field as FrameField]));
  const known = new Map<string, FrameField>();
  for (const field of frameFields) if (!keys[field]) for (const s of spellings[field]) known.set(s, field);
  const find: FieldNames = (name) => {
    const wanted = asked.get(name);
    if (wanted) return { field: wanted, asked: true };
    const field = known.get(name.toLowerCase().replace(/[_-]/g, ""));
    return field && { field, asked: false };
  };
  // The same few names come in every frame.
  const found = new Map<string, ReturnType<FieldNames>>();
  return (name) => {
    if (found.has(name)) return found.get(name);
    const match = find(name);
    if (found.size < mostNames) found.set(name, match);
    return match;
  };
}

/** Component order of a second-rank tensor: 6 (symmetric) or 9 names in any order, e.g. "xx yy zz xy yz zx". */
export type ComponentOrder = string;

/** Row-major: xx xy xz yx yy yz zx zy zz. */
export const rowMajor: ComponentOrder = "xx xy xz yx yy yz zx zy zz";
/** Voigt's order: xx yy zz yz xz xy. */
export const voigt: ComponentOrder = "xx yy zz yz xz xy";

/**
 * For each of the nine row-major components the column that holds it.
 * @throws OptionError if `order` is not 6 or 9 component names that make up a whole tensor
 */
export function componentColumns(order: ComponentOrder): Int32Array {
  const columns = tensorColumns(
    order
      .trim()
      .toLowerCase()
      .split(/[\s,]+/),
  );
  if (columns) return columns;
  throw new OptionError({
    where: "components",
    problem: `"${order}" is not an order of tensor components`,
    advice: `give 6 or 9 names, each once, such as "xx yy zz xy yz zx", "${voigt}" or "${rowMajor}"`,
  });
}

/** {@link componentColumns} of a list of names; `undefined` if they do not make up a tensor. */
export function tensorColumns(names: readonly string[]): Int32Array | undefined {
  const columns = new Int32Array(9).fill(-1);
  for (const [column, name] of names.entries()) {
    const i = "xyz".indexOf(name[0] ?? "?");
    const j = "xyz".indexOf(name[1] ?? "?");
    if (name.length !== 2 || i < 0 || j < 0 || columns[3 * i + j] !== -1) return undefined;
    columns[3 * i + j] = column;
    if (names.length === 6) columns[3 * j + i] = column;
  }
  return (names.length === 6 || names.length === 9) && !columns.includes(-1) ? columns : undefined;
}

/** [3, 3] from values in the order that `columns` (of {@link componentColumns}) describes. */
export function orderedTensor(values: ArrayLike<number>, columns: Int32Array, offset = 0): Float64Array {
  const tensor = new Float64Array(9);
  for (let k = 0; k < 9; k++) tensor[k] = values[offset + columns[k]!]!;
  return tensor;
}

/** Which index of a Born charge comes first (varies slowest) in a file. */
export type BecOrder = "field-displacement" | "displacement-field";

/** Swaps the two indices of [n, 3, 3] in place and returns it. */
export function transposeTensors(values: Float64Array): Float64Array {
  for (let a = 0; a < values.length; a += 9)
    for (const [i, j] of [
      [1, 3],
      [2, 6],
      [5, 7],
    ] as const) {
      const t = values[a + i]!;
      values[a + i] = values[a + j]!;
      values[a + j] = t;
    }
  return values;
}
