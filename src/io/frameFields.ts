/** From named values of a file to the fields of a {@link Frame}: units, component order, index order. */
import type { Fields } from "../options/record.js";
import { oneOf, plainObject, text } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import { cellVolume, type Structure } from "../structure/structure.js";
import { type InfoValue, infoValue, numberList, oddNumbers } from "./extxyzComment.js";
import { frameScales } from "./extxyzUnits.js";
import { type FieldUnits, fieldScales, hasUnit, isPerVolume } from "./fieldUnits.js";
import { type LammpsUnits, lammpsScales, lammpsUnitNames } from "./lammpsUnits.js";
import { isMomenta, velocitiesOfMomenta } from "./momenta.js";
import { notCubicAngstrom } from "./polarizabilityUnit.js";
import {
  type BecOrder,
  type ComponentOrder,
  componentColumns,
  type FrameField,
  orderedTensor,
  rowMajor,
  transposeTensors,
  voigt,
} from "./tensorNames.js";
import { type NamedFields, namedFields } from "./unitInName.js";

/** How a file names and stores its tensors, where that is not the usual way. */
export interface TensorOptions {
  /** The file's name for a field, e.g. `{ polarizability: "alpha_pbe" }`. */
  readonly keys?: Readonly<Partial<Record<FrameField, string>>>;
  /** Units the file is in, where they differ from this package's, e.g. `{ polarization: "debye" }`. */
  readonly units?: FieldUnits;
  /** `units` of the LAMMPS run that wrote the file. */
  readonly lammpsUnits?: LammpsUnits;
  /** Order of the components of polarizability and dielectric tensors. Needed for 6; 9 are row-major by default. */
  readonly components?: ComponentOrder;
  /** Which index of a Born charge varies slowest in the file; default "field-displacement". */
  readonly becOrder?: BecOrder;
}

export const TENSOR_FIELDS = {
  keys: plainObject<NonNullable<TensorOptions["keys"]>>("the file's name per field").optional(),
  units: plainObject<FieldUnits>("a unit per field").optional(),
  lammpsUnits: oneOf(lammpsUnitNames).optional(),
  components: text().optional(),
  becOrder: oneOf(["field-displacement", "displacement-field"]).optional(),
} satisfies Fields<TensorOptions>;

type Fail = (problem: string, advice?: string) => never;
type Draft = { -readonly [K in keyof Frame]: Frame[K] };

/** Builds a frame from what a file says. Calls `fail` if a value does not have its field's shape. */
export type FrameDecoder = (
  structure: Structure,
  pairs: ReadonlyMap<string, string>,
  arrays: ReadonlyMap<string, Float64Array | string[]>,
  fail: Fail,
) => Frame;

/** Where a field stands and how many numbers it has, per frame or per atom. */
const shapes: Readonly<Record<FrameField, { readonly per: "frame" | "atom"; readonly counts: readonly number[] }>> = {
  forces: { per: "atom", counts: [3] },
  velocities: { per: "atom", counts: [3] },
  bornCharges: { per: "atom", counts: [9] },
  energy: { per: "frame", counts: [1] },
  time: { per: "frame", counts: [1] },
  polarization: { per: "frame", counts: [3] },
  stress: { per: "frame", counts: [6, 9] },
  virial: { per: "frame", counts: [6, 9] },
  polarizability: { per: "frame", counts: [6, 9] },
  dielectric: { per: "frame", counts: [6, 9] },
};
const voigtColumns = componentColumns(voigt);
const rowMajorColumns = componentColumns(rowMajor);

/** Made once per file from its options. @throws OptionError | UnitError for unknown fields, orders or units */
export function frameDecoder(options: TensorOptions): FrameDecoder {
  const fieldOf = namedFields(options.keys);
  const { lammpsUnits } = options;
  if (lammpsUnits !== undefined) lammpsScales(lammpsUnits); // complains about an unknown one
  const given = { scales: fieldScales(options.units), lammps: lammpsUnits };
  const columns = options.components === undefined ? undefined : componentColumns(options.components);
  const { becOrder = "field-displacement" } = options;

  return (written, pairs, arrays, fail) => {
    const names = [...pairs.keys(), ...arrays.keys()];
    /** Names that mean a field by themselves; one with a unit behind it counts where there is none of these. */
    const plain = new Set(
      names.flatMap((name) => fieldOf(name) ?? []).flatMap((m) => (m.unit && !m.asked ? [] : [m.field])),
    );
    const fieldFor: NamedFields = (name) => {
      const match = fieldOf(name);
      return match?.unit && !match.asked && plain.has(match.field) ? undefined : match;
    };
    const scales = frameScales(pairs, [...arrays.keys()], given, fieldOf, (name) => fieldFor(name) !== undefined, fail);
    const fromLammps = pairs.has("Timestep");
    const structure = scales.length === undefined ? written : scaled(written, scales.length);
    const frame: Draft = { structure };
    const found = new Set<FrameField>();
    const notFinite: Record<string, string> = {};
    /** Stores a value if its name and shape are those of a field. */
    const take = (name: string, values: ArrayLike<number> | undefined, per: "frame" | "atom"): boolean => {
      const match = fieldFor(name);
      if (!match || (match.field === "virial" && !structure.cell)) return false;
      const { field, asked } = match;
      const shape = shapes[field];
      const count = values && values.length / (per === "atom" ? structure.species.length : 1);
      if (!values || shape.per !== per || !shape.counts.includes(count!)) {
        if (asked)
          fail(
            `"${name}" does not have the shape of ${field}`,
            `it needs ${shape.counts.join(" or ")} numbers per ${shape.per}`,
          );
        return false;
      }
      if (found.has(field) && match.unit && !asked) return false;
      if (found.has(field))
        fail(`${field} stands there twice, the second time as "${name}"`, `say which one with keys: { ${field}: "…" }`);
      found.add(field);
      const pressure = fromLammps && name === "Stress"; // LAMMPS writes the pressure tensor under this name
      let scale = ((hasUnit(field) && scales[field]) || 1) * (pressure ? -1 : 1);
      if (field === "polarizability" && isPerVolume(options.units)) {
        if (!structure.cell) fail(`${name} is per volume, but this frame has no cell`);
        scale *= cellVolume(structure.cell!);
      }
      if (field === "energy" || field === "time") frame[field] = values[0]! * scale;
      else {
        const tensor =
          shape.counts.length === 2
            ? orderedTensor(values, tensorOrder(field, name, values.length, fail))
            : values instanceof Float64Array
              ? values
              : Float64Array.from(values);
        if (scale !== 1) for (let i = 0; i < tensor.length; i++) tensor[i]! *= scale;
        const doubt =
          field === "polarizability" && scales.polarizability === undefined && notCubicAngstrom(tensor, structure);
        if (doubt)
          fail(
            `${name} has no unit, and ${doubt}`,
            'say which it is, e.g. units: { polarizability: "e·Å²/V" }, "Å³/Å³" per volume, or "Å³" if it is right',
          );
        if (field === "bornCharges" && becOrder === "displacement-field") transposeTensors(tensor);
        if (field === "virial") frame.stress ??= virialStress(tensor, structure.cell!);
        else frame[field] = tensor;
      }
      return true;
    };
    /** Velocities from ASE's momenta; with a unit of velocities the caller says that they are none. */
    const takeMomenta = (name: string, values: Float64Array | readonly string[]): boolean => {
      const match = fieldOf(name);
      if (!(values instanceof Float64Array) || values.length !== structure.positions.length) return false;
      if (match ? match.field !== "velocities" || scales.velocities !== undefined : plain.has("velocities"))
        return false;
      const masses = arrays.get("masses");
      const own = masses instanceof Float64Array && masses.length === structure.species.length ? masses : undefined;
      const velocities = velocitiesOfMomenta(values, structure.species, own);
      if (!velocities) {
        if (!match) return false;
        fail(`"${name}" are momenta, and the masses are not known`, "give the masses as a column masses:R:1");
      }
      found.add("velocities");
      frame.velocities = velocities!;
      return true;
    };
    const tensorOrder = (field: FrameField, name: string, count: number, fail: Fail): Int32Array => {
      if (field === "stress" || field === "virial") return count === 6 ? voigtColumns : rowMajorColumns;
      if (!columns && count === 6)
        fail(
          `${name} has 6 components in an undeclared order`,
          `say which, e.g. components: "xx yy zz xy yz zx" or "${voigt}"`,
        );
      const order = columns ?? rowMajorColumns;
      const declared = Math.max(...order) + 1;
      if (declared !== count) fail(`${name} has ${count} components, the declared order has ${declared}`);
      return order;
    };

    const leaveOut = (name: string) => {
      notFinite[fieldOf(name)?.field ?? name] = name;
    };
    if (pairs.has("__proto__") || arrays.has("__proto__")) fail('a value named "__proto__"', "give it another name");
    const info: Record<string, InfoValue> = {};
    const others: Record<string, Float64Array | readonly string[]> = {};
    for (const [name, text] of pairs)
      if (oddNumbers(text)) leaveOut(name);
      else if (!take(name, fieldFor(name) && numberList(text), "frame")) info[name] = infoValue(text);
    for (const [name, values] of arrays)
      if (!Array.isArray(values) && values.includes(Number.NaN)) leaveOut(name);
      else if (isMomenta(name) && takeMomenta(name, values)) continue;
      else if (!take(name, Array.isArray(values) ? undefined : values, "atom")) others[name] = values;
    for (const [wanted, name] of Object.entries(options.keys ?? {}))
      if (!found.has(wanted as FrameField) && !notFinite[wanted])
        fail(`no "${name}" in this frame, asked for as ${wanted}`, `it has ${names.join(", ") || "nothing but atoms"}`);
    if (Object.keys(notFinite).length > 0) frame.notFinite = notFinite;
    if (Object.keys(info).length > 0) frame.info = info;
    if (Object.keys(others).length > 0) frame.arrays = others;
    return frame;
  };
}

/** Positions and cell in Å. */
function scaled(structure: Structure, factor: number): Structure {
  if (factor === 1) return structure;
  const { cell, positions } = structure;
  return {
    ...structure,
    positions: positions.map((x) => x * factor),
    ...(cell && { cell: cell.map((x) => x * factor) }),
  };
}

/** σ = −W/V, W = −dE/dε as in ASE. */
function virialStress(virial: Float64Array, cell: Float64Array): Float64Array {
  const volume = cellVolume(cell);
  return virial.map((w) => (w === 0 ? 0 : -w / volume));
}
