/** From named values of a file to the fields of a {@link Frame}: units, component order, index order. */
import { OptionError } from "../errors.js";
import type { Frame } from "../structure/frame.js";
import { cellVolume, type Structure } from "../structure/structure.js";
import { infoValue, numberList } from "./extxyzComment.js";
import { type FieldUnits, fieldScales } from "./fieldUnits.js";
import {
  type BecOrder,
  type ComponentOrder,
  componentColumns,
  type FrameField,
  fieldNames,
  orderedTensor,
  rowMajor,
  transposeTensors,
  voigt,
} from "./tensorNames.js";

/** How a file names and stores its tensors, where that is not the usual way. */
export interface TensorOptions {
  /** The file's name for a field, e.g. `{ polarizability: "alpha_pbe" }`. */
  readonly keys?: Readonly<Partial<Record<FrameField, string>>>;
  /** Units the file is in, where they differ from this package's, e.g. `{ dipole: "debye" }`. */
  readonly units?: FieldUnits;
  /** Order of the components of polarizability and dielectric tensors. Needed for 6; 9 are row-major by default. */
  readonly components?: ComponentOrder;
  /** Which index of a Born charge varies slowest in the file; default "field-displacement". */
  readonly becOrder?: BecOrder;
}

type Fail = (problem: string, advice?: string) => never;

/** Builds frames; made once per file from its options. */
export interface FrameDecoder {
  /** @throws FormatError through `fail` if a value does not have its field's shape */
  decode(
    structure: Structure,
    pairs: ReadonlyMap<string, string>,
    arrays: ReadonlyMap<string, Float64Array | string[]>,
    fail: Fail,
  ): Frame;
}

/** @throws OptionError for unknown fields, units or orders */
export function frameDecoder(options: TensorOptions): FrameDecoder {
  const field = fieldNames(options.keys);
  const scale = fieldScales(options.units);
  const columns = options.components === undefined ? undefined : componentColumns(options.components);
  const { becOrder = "field-displacement" } = options;
  if (becOrder !== "field-displacement" && becOrder !== "displacement-field")
    throw new OptionError({
      where: "becOrder",
      problem: `"${becOrder}" is not an index order`,
      advice: 'it is "field-displacement" or "displacement-field"',
    });

  const tensor = (name: string, values: number[], kind: FrameField, fail: Fail): Float64Array | undefined => {
    if (kind === "stress" || kind === "virial") {
      if (values.length !== 6 && values.length !== 9) return undefined;
      return orderedTensor(values, componentColumns(values.length === 6 ? voigt : rowMajor));
    }
    if (values.length !== 6 && values.length !== 9) return undefined;
    if (!columns && values.length === 6)
      return fail(
        `${name} has 6 components in an undeclared order`,
        `say which, e.g. components: "xx yy zz xy yz zx" or "${voigt}"`,
      );
    const order = columns ?? componentColumns(rowMajor);
    if (columns && Math.max(...columns) + 1 !== values.length)
      return fail(`${name} has ${values.length} components, the declared order has ${Math.max(...columns) + 1}`);
    return orderedTensor(values, order);
  };

  return {
    decode(structure, pairs, arrays, fail) {
      const frame: { -readonly [K in keyof Frame]: Frame[K] } = { structure };
      const info: Record<string, ReturnType<typeof infoValue>> = {};
      const others: Record<string, Float64Array | readonly string[]> = {};
      const found = new Set<FrameField>();
      const take = (name: string, values: number[] | Float64Array | undefined, perAtom: boolean): boolean => {
        const match = field(name);
        if (!match) return false;
        const value = values && fieldValue(match.field, name, values, perAtom, fail);
        if (value === undefined) {
          if (match.asked) fail(`"${name}" does not have the shape of ${match.field}`, shapeAdvice[match.field]);
          return false;
        }
        if (found.has(match.field))
          fail(
            `${match.field} stands there twice, the second time as "${name}"`,
            `say which one with keys: { ${match.field}: "…" }`,
          );
        found.add(match.field);
        assign(frame, match.field, value, structure);
        return true;
      };
      const fieldValue = (
        kind: FrameField,
        name: string,
        values: number[] | Float64Array,
        perAtom: boolean,
        fail: Fail,
      ): Float64Array | number | undefined => {
        const factor = scale[kind] ?? 1;
        const scaled = (v: Float64Array) => {
          if (factor !== 1) for (let i = 0; i < v.length; i++) v[i]! *= factor;
          return v;
        };
        const n = structure.species.length;
        if (kind === "energy" || kind === "time")
          return !perAtom && values.length === 1 ? values[0]! * factor : undefined;
        if (perAtom !== (kind === "forces" || kind === "velocities" || kind === "bornCharges")) return undefined;
        if (perAtom) {
          if (values.length !== (kind === "bornCharges" ? 9 : 3) * n) return undefined;
          const v = scaled(values as Float64Array);
          return kind === "bornCharges" && becOrder === "displacement-field" ? transposeTensors(v) : v;
        }
        if (kind === "dipole") return values.length === 3 ? scaled(Float64Array.from(values)) : undefined;
        const t = tensor(name, values as number[], kind, fail);
        return t && scaled(t);
      };
      for (const [name, text] of pairs) if (!take(name, numberList(text), false)) info[name] = infoValue(text);
      for (const [name, values] of arrays)
        if (!take(name, Array.isArray(values) ? undefined : values, true)) others[name] = values;
      for (const [wanted, name] of Object.entries(options.keys ?? {}))
        if (!found.has(wanted as FrameField))
          fail(
            `no "${name}" in this frame, asked for as ${wanted}`,
            `it has ${[...pairs.keys(), ...arrays.keys()].join(", ") || "nothing but atoms"}`,
          );
      if (Object.keys(info).length > 0) frame.info = info;
      if (Object.keys(others).length > 0) frame.arrays = others;
      return frame;
    },
  };
}

const shapeAdvice: Readonly<Record<FrameField, string>> = {
  forces: "it needs 3 columns per atom",
  velocities: "it needs 3 columns per atom",
  bornCharges: "it needs 9 columns per atom",
  energy: "it needs one number per frame",
  time: "it needs one number per frame",
  stress: "it needs 6 or 9 numbers per frame",
  virial: "it needs 6 or 9 numbers per frame",
  dipole: "it needs 3 numbers per frame",
  polarizability: "it needs 6 or 9 numbers per frame",
  dielectric: "it needs 6 or 9 numbers per frame",
};

/** Virial to stress: σ = −W/V (W = −dE/dε, ASE's convention). */
function assign(
  frame: { -readonly [K in keyof Frame]: Frame[K] },
  field: FrameField,
  value: Float64Array | number,
  structure: Structure,
): void {
  if (field === "energy" || field === "time") {
    frame[field] = value as number;
    return;
  }
  if (field !== "virial") {
    frame[field] = value as Float64Array;
    return;
  }
  if (structure.cell && !frame.stress) {
    const volume = cellVolume(structure.cell);
    frame.stress = (value as Float64Array).map((w) => (w === 0 ? 0 : -w / volume));
  }
}
