/** The part of a model file that says what the weights are weights of. */
import { z } from "zod";
import { createDescriptor, type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../descriptor/options.js";
import { FormatError } from "../../errors.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import { kinds, requireEntries } from "../../options/record.js";
import { integer, list, text } from "../../options/values.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { BasisData } from "../basis/basisOf.js";
import { arrayOf, asFormatError, type ModelArrays, type ModelDocument } from "./modelFile.js";

/** Arrays on their way into a file. */
export type DraftArrays = Record<string, ModelArrays[string]>;

const count = integer({ atLeast: 1 });

/** Settings of a basis. */
export const BASIS = kinds({
  features: {},
  products: { equivariants: count, scalars: count },
  /** Reference environments per species. */
  kernel: { zeta: integer({ atLeast: 2, atMost: 10 }), references: list(integer({ atLeast: 0 })) },
});
export type BasisSettings = z.output<typeof BASIS>;

/** Settings of a descriptor, checked by `createDescriptor` itself. */
export const DESCRIPTOR = z.record(text(), z.unknown());

/** The descriptor of a file. @throws FormatError, also for a setting that is missing */
export function readDescriptor(options: Readonly<Record<string, unknown>>, file: string): Descriptor {
  const d = asFormatError(file, "descriptor", () => createDescriptor(options as unknown as DescriptorOptions));
  requireEntries(options, d.options, file, "descriptor");
  return d;
}

/** Adds the arrays of a basis and returns its settings. */
export function writeBasis(basis: BasisData, prefix: string, arrays: DraftArrays): BasisSettings {
  if (basis.kind === "features") return basis;
  if (basis.kind === "kernel") {
    const { zeta, references } = basis;
    arrays[`${prefix}references`] = stacked(references);
    return { kind: "kernel", zeta, references: references.map((r) => r.rows) };
  }
  const { equivariants, scalars, species } = basis;
  const all = (of: (s: (typeof species)[number]) => Float64Array): Float64Array =>
    Float64Array.from(species.flatMap((s) => [...of(s)]));
  const [first] = species;
  const shape = [species.length, scalars];
  arrays[`${prefix}equivariants`] = {
    shape: [species.length, equivariants, first!.equivariants.columns],
    values: all((s) => s.equivariants.values),
  };
  arrays[`${prefix}scalars`] = { shape: [...shape, first!.scalars.columns], values: all((s) => s.scalars.values) };
  arrays[`${prefix}offsets`] = { shape, values: all((s) => s.offsets) };
  return { kind: "products", equivariants, scalars };
}

/** The basis of a file. @throws FormatError if an array is missing or has another shape */
export function readBasis(
  s: BasisSettings,
  document: ModelDocument,
  prefix: string,
  d: Descriptor,
  order: TensorOrder,
  file: string,
): BasisData {
  if (s.kind === "features") return s;
  const species = d.options.species.length;
  const [k0, k] = [featureCount(d, 0), featureCount(d, order)];
  if (s.kind === "kernel") {
    if (s.references.length !== species)
      throw new FormatError({ file, where: "references", problem: `expected ${species} numbers, one per species` });
    const total = s.references.reduce((n, c) => n + c, 0);
    const all = arrayOf(document, `${prefix}references`, [total, k0], file);
    let first = 0;
    const references = s.references.map((n) => {
      const rows = matrix(n, k0, all.subarray(first * k0, (first + n) * k0));
      first += n;
      return rows;
    });
    return { kind: "kernel", zeta: s.zeta, references };
  }
  const { equivariants, scalars } = s;
  const e = arrayOf(document, `${prefix}equivariants`, [species, equivariants, k], file);
  const q = arrayOf(document, `${prefix}scalars`, [species, scalars, k0], file);
  const o = arrayOf(document, `${prefix}offsets`, [species, scalars], file);
  const block = (values: Float64Array, i: number, rows: number, columns: number): Matrix =>
    matrix(rows, columns, values.subarray(i * rows * columns, (i + 1) * rows * columns));
  return {
    kind: "products",
    equivariants,
    scalars,
    species: Array.from({ length: species }, (_, i) => ({
      equivariants: block(e, i, equivariants, k),
      scalars: block(q, i, scalars, k0),
      offsets: o.subarray(i * scalars, (i + 1) * scalars),
    })),
  };
}

/** Functions of a basis. */
export function functionCount(basis: BasisData, d: Descriptor, order: TensorOrder): number {
  if (basis.kind === "kernel") return basis.references.reduce((n, r) => n + r.rows, 0);
  const species = d.options.species.length;
  const linear = species * featureCount(d, order);
  return basis.kind === "features" ? linear : linear + species * basis.scalars * basis.equivariants;
}

function stacked(parts: readonly Matrix[]): ModelArrays[string] {
  const rows = parts.reduce((n, p) => n + p.rows, 0);
  return {
    shape: [rows, parts[0]?.columns ?? 0],
    values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
  };
}
