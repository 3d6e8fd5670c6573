/**
 * λ-SOAP kernels between structures (Grisafi, Wilkins, Csányi and Ceriotti, Phys. Rev. Lett. 120, 036002 (2018)).
 *
 * Atomic kernel k^λ_{μμ′}(j, k) = Σ_n D_n^{λμ}(j) D_n^{λμ′}(k) between atoms of one species, times the power ζ − 1 of the scalar kernel
 * k⁰(j, k)/√(k⁰(j, j) k⁰(k, k)). The features of each species are scaled by a constant such that k^λ has mean trace
 * Σ_μ k^λ_{μμ}(j, j) = 1 over the training environments: dividing each environment by its own λ = 2 length instead would be singular at
 * sites of cubic symmetry, where that length vanishes. The structure kernel is the mean of the atomic one over all pairs of atoms.
 */
import { ShapeError } from "../../errors.js";
import { gemm, type Matrix, matrix, norm } from "../../math/matrix.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { type EnvironmentFeatures, featuresOfOrder, featureWidth, structureFeatures } from "./environmentFeatures.js";

/** Atoms of one species gathered from several structures. */
interface Gathered {
  /** Structure of each atom. */
  readonly owner: Int32Array;
  /** Atoms in that structure, all species. */
  readonly size: Int32Array;
  /** λ = 0 features divided by their length, [atoms, K₀]. */
  readonly scalar: Matrix;
  /** Features of order λ, [atoms · (2λ+1), K]. */
  readonly features: Matrix;
}

/** What a kernel is, apart from the descriptor. */
export interface KernelSettings {
  readonly order: TensorOrder;
  /** 1 is linear. */
  readonly zeta: number;
  /** Factor on the features of each species of the descriptor. */
  readonly scales: Float64Array;
}

/**
 * Kernel matrix between two sets of structures.
 * @returns [a · (2λ+1), b · (2λ+1)]
 */
export function structureKernel(
  a: readonly EnvironmentFeatures[],
  b: readonly EnvironmentFeatures[],
  settings: KernelSettings,
): Matrix {
  if (settings.zeta === 1) {
    const left = scaledFeatures(a, settings);
    return gemm(left, a === b ? left : scaledFeatures(b, settings), "b");
  }
  const m = 2 * settings.order + 1;
  const out = matrix(a.length * m, b.length * m);
  settings.scales.forEach((scale, s) => {
    const right = gather(b, settings.order, s);
    // Bounded memory: at most about 500 atoms on the left at a time.
    for (let start = 0; start < a.length; ) {
      let stop = start;
      for (let atoms = 0; stop < a.length && atoms < 500; stop++) atoms += a[stop]!.species.length;
      const left = gather(a.slice(start, stop), settings.order, s);
      addPairs(left, a === b ? fromStructure(right, start) : right, settings.zeta, scale * scale, start, out, m);
      start = stop;
    }
  });
  if (a === b)
    for (let i = 0; i < out.rows; i++)
      for (let j = 0; j < i; j++) out.values[i * out.rows + j] = out.values[j * out.rows + i]!;
  return out;
}

/** Rows of {@link structureFeatures} with the scale of each species applied. */
export function scaledFeatures(structures: readonly EnvironmentFeatures[], settings: KernelSettings): Matrix {
  const rows = structureFeatures(structures, settings.order, settings.scales.length);
  const count = rows.columns / settings.scales.length;
  return scaleRows(
    rows,
    Float64Array.from({ length: rows.columns }, (_, c) => settings.scales[Math.floor(c / count)]!),
  );
}

/** A copy with each column multiplied by its factor. */
export function scaleRows(rows: Matrix, factors: Float64Array): Matrix {
  const values = new Float64Array(rows.values.length);
  const width = rows.columns;
  for (let at = 0; at < values.length; at += width)
    for (let c = 0; c < width; c++) values[at + c] = rows.values[at + c]! * factors[c]!;
  return { ...rows, values };
}

function addPairs(
  left: Gathered,
  right: Gathered,
  zeta: number,
  scale: number,
  start: number,
  out: Matrix,
  m: number,
): void {
  if (left.owner.length === 0 || right.owner.length === 0) return;
  const tensor = gemm(left.features, right.features, "b");
  const scalar = gemm(left.scalar, right.scalar, "b");
  for (let j = 0; j < left.owner.length; j++)
    for (let k = 0; k < right.owner.length; k++) {
      const power = scalar.values[j * scalar.columns + k]! ** (zeta - 1);
      const factor = (scale * power) / (left.size[j]! * right.size[k]!);
      for (let mu = 0; mu < m; mu++) {
        const from = (j * m + mu) * tensor.columns + k * m;
        const to = ((start + left.owner[j]!) * m + mu) * out.columns + right.owner[k]! * m;
        for (let nu = 0; nu < m; nu++) out.values[to + nu]! += factor * tensor.values[from + nu]!;
      }
    }
}

/** The atoms of structures from number `start` on; no copy. */
function fromStructure(g: Gathered, start: number): Gathered {
  const first = g.owner.findIndex((structure) => structure >= start);
  if (first <= 0) return first === 0 ? g : { ...g, owner: g.owner.subarray(0, 0) };
  const rows = (m: Matrix, perAtom: number): Matrix =>
    matrix(m.rows - first * perAtom, m.columns, m.values.subarray(first * perAtom * m.columns));
  return {
    owner: g.owner.subarray(first),
    size: g.size.subarray(first),
    scalar: rows(g.scalar, 1),
    features: rows(g.features, g.features.rows / g.owner.length),
  };
}

/** Atoms of species s, with scalar features of unit length. */
export function gather(structures: readonly EnvironmentFeatures[], order: TensorOrder, s: number): Gathered {
  const first = structures[0];
  if (!first) throw new ShapeError({ where: "kernel", problem: "no structures" });
  const m = 2 * order + 1;
  const [k0, k] = [featureWidth(first, 0), featureWidth(first, order)];
  const atoms = structures.flatMap((f, owner) =>
    [...f.species.keys()].filter((j) => f.species[j] === s).map((j) => ({ f, owner, j })),
  );
  const scalar = matrix(atoms.length, k0);
  const features = matrix(atoms.length * m, k);
  atoms.forEach(({ f, j }, row) => {
    const own = featuresOfOrder(f, 0).subarray(j * k0, (j + 1) * k0);
    const length = norm(own);
    if (length > 0)
      scalar.values.set(
        own.map((x) => x / length),
        row * k0,
      );
    features.values.set(featuresOfOrder(f, order).subarray(j * m * k, (j + 1) * m * k), row * m * k);
  });
  return {
    owner: Int32Array.from(atoms, (x) => x.owner),
    size: Int32Array.from(atoms, (x) => x.f.species.length),
    scalar,
    features,
  };
}
