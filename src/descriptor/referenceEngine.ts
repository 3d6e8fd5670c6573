import { densityDerivative, expandDensity } from "./density.js";
import type { AtomRows, CentreRows, ContractionJob, Derivatives, Engine, StrainRows } from "./engine.js";
import { centresOf, type Environments } from "./environments.js";
import type { Expansion } from "./expansion.js";
import type { FeaturePart } from "./features.js";

/**
 * The formulas in plain TypeScript, term by term: what the kernels are tested against, and what serves where WebAssembly has no SIMD.
 */
export const referenceEngine: Engine = {
  features(part: FeaturePart, e: Environments, features: number, out: Float64Array): void {
    const size = (2 * part.order + 1) * features;
    const { from, to } = centresOf(e);
    for (let atom = from; atom < to; atom++)
      writeFeatures(
        part,
        expandDensity(part.expansion, e, atom),
        features,
        out.subarray(atom * size, (atom + 1) * size),
      );
  },

  contract(expansion: Expansion, e: Environments, jobs: readonly ContractionJob[]): void {
    const { from, to } = centresOf(e);
    for (let atom = from; atom < to; atom++) {
      const c = expandDensity(expansion, e, atom);
      for (const job of jobs) contractAtom(job, e, atom, c);
    }
  },

  design(part: FeaturePart, e: Environments, features: number, use: (rows: AtomRows) => void): void {
    const densities = allDensities(part.expansion, e);
    const columns = part.expansion.species.length * features;
    use((atom, out) =>
      addAtomRows(part, e, densities, atom, (centre) => ({ out, columns, start: e.species[centre]! * features })),
    );
  },

  jacobian(part: FeaturePart, e: Environments, features: number, use: (rows: CentreRows) => void): void {
    const densities = allDensities(part.expansion, e);
    use((atom, target) =>
      addAtomRows(part, e, densities, atom, (centre) => ({ out: target(centre), columns: features, start: 0 })),
    );
  },

  strain(part: FeaturePart, e: Environments, features: number, use: (rows: StrainRows) => void): void {
    use((centre, out) => addStrainRows(part, e, centre, features, out));
  },
};

function allDensities(x: Expansion, e: Environments): Float64Array[] {
  return Array.from({ length: e.count }, (_, atom) => expandDensity(x, e, atom));
}

/** One term Σ scale·C·c_{a,l1 m1}·c_{b,l2 m2} of a feature. */
type Term = (component: number, feature: number, coefficient: number, first: number, second: number) => void;

/** Visits every term of every three-body feature; `first` and `second` index c[lm][channel]. */
function forEachTerm(part: FeaturePart, visit: Term): void {
  const { channels } = part.expansion;
  for (const { l1, l2, offset, couplings } of part.blocks)
    for (const { m1, m2, m3, value } of couplings) {
      const row1 = (l1 * l1 + l1 + m1) * channels;
      const row2 = (l2 * l2 + l2 + m2) * channels;
      let feature = offset;
      for (let a = 0; a < channels; a++)
        for (let b = l1 === l2 ? a : 0; b < channels; b++) {
          const scale = l1 === l2 && a === b ? 1 : Math.SQRT2;
          visit(m3 + part.order, feature++, scale * value, row1 + a, row2 + b);
        }
    }
}

/** Index in c of the first channel of c_{l=λ,m=μ}. */
function twoBodyRow(part: FeaturePart, component: number): number {
  return (part.order * part.order + component) * part.expansion.channels;
}

/** Features of one atom from its density coefficients, [2λ+1, part.count], without other parts. */
export function featuresOfDensity(part: FeaturePart, c: Float64Array): Float64Array {
  const total = part.offset + part.count;
  const out = new Float64Array((2 * part.order + 1) * total);
  writeFeatures(part, c, total, out);
  return out;
}

function writeFeatures(part: FeaturePart, c: Float64Array, features: number, out: Float64Array): void {
  for (let component = 0; component <= 2 * part.order; component++) {
    const start = component * features + part.offset;
    out.fill(0, start, start + part.count);
    if (part.kind === "twoBody") {
      const row = twoBodyRow(part, component);
      out.set(c.subarray(row, row + part.count), start);
    }
  }
  forEachTerm(part, (component, feature, coefficient, first, second) => {
    out[component * features + feature]! += coefficient * c[first]! * c[second]!;
  });
}

function contractAtom(job: ContractionJob, e: Environments, atom: number, c: Float64Array): void {
  const { part, features, atoms, derivatives } = job;
  const components = 2 * part.order + 1;
  const weights = job.weights.subarray(job.list[atom]! * features, (job.list[atom]! + 1) * features);
  const row = new Float64Array(components * features);
  writeFeatures(part, c, features, row);
  for (let component = 0; component < components; component++) {
    let sum = 0;
    for (let k = part.offset; k < part.offset + part.count; k++) sum += row[component * features + k]! * weights[k]!;
    atoms[atom * components + component]! += sum;
  }
  if (derivatives) propagate(part, e, atom, adjoint(part, c, weights), derivatives);
}

/** ∂(Σ_k D^μ_k w_k)/∂c, shape [2λ+1, (lMax+1)², channels]. */
function adjoint(part: FeaturePart, c: Float64Array, weights: Float64Array): Float64Array {
  const size = c.length;
  const out = new Float64Array((2 * part.order + 1) * size);
  if (part.kind === "twoBody")
    for (let component = 0; component <= 2 * part.order; component++)
      out.set(weights.subarray(part.offset, part.offset + part.count), component * size + twoBodyRow(part, component));
  forEachTerm(part, (component, feature, coefficient, first, second) => {
    const w = coefficient * weights[feature]!;
    out[component * size + first]! += w * c[second]!;
    out[component * size + second]! += w * c[first]!;
  });
  return out;
}

/** From ∂value/∂c of one atom to positions (neighbor minus centre) and strain (⊗ the vector between them). */
function propagate(
  part: FeaturePart,
  e: Environments,
  atom: number,
  adjoints: Float64Array,
  { positions, strain }: Derivatives,
): void {
  const { expansion } = part;
  const { channels, width, lMax } = expansion;
  const lms = (lMax + 1) ** 2;
  expansion.species.forEach(({ offset }, s) => {
    const group = atom * expansion.species.length + s;
    for (let p = e.first[group]!; p < e.first[group + 1]!; p++) {
      const vector = e.vectors.subarray(3 * p, 3 * p + 3);
      const derivative = densityDerivative(expansion, s, vector);
      for (let component = 0; component <= 2 * part.order; component++)
        for (let axis = 0; axis < 3; axis++) {
          let sum = 0;
          for (let lm = 0; lm < lms; lm++) {
            const row = (component * lms + lm) * channels + offset;
            for (let i = 0; i < width; i++) sum += adjoints[row + i]! * derivative[(axis * lms + lm) * width + i]!;
          }
          positions[3 * (component * e.count + e.neighbor[p]!) + axis]! += sum;
          positions[3 * (component * e.count + atom) + axis]! -= sum;
          for (let b = 0; b < 3; b++) strain[9 * component + 3 * axis + b]! += sum * vector[b]!;
        }
    }
  });
}

/** Columns `start` … of rows [2λ+1, 3, columns]. */
interface Place {
  readonly out: Float64Array;
  readonly columns: number;
  readonly start: number;
}

/**
 * Derivatives with respect to one atom: as a neighbor of other centres, and as the centre of its own neighbors.
 * @param placeOf where those of a centre's features are added
 */
function addAtomRows(
  part: FeaturePart,
  e: Environments,
  densities: readonly Float64Array[],
  atom: number,
  placeOf: (centre: number) => Place,
): void {
  const { expansion } = part;
  const { channels, width, lMax } = expansion;
  const kinds = expansion.species.length;
  const lms = (lMax + 1) ** 2;
  const kind = e.species[atom]!;
  const asNeighbor = new Float64Array(3 * lms * channels);
  const asCentre = new Float64Array(3 * lms * channels);
  for (let s = 0; s < kinds; s++)
    for (let p = e.first[atom * kinds + s]!; p < e.first[atom * kinds + s + 1]!; p++) {
      const vector = e.vectors.subarray(3 * p, 3 * p + 3);
      // The neighbor has this atom at the opposite vector.
      asNeighbor.fill(0);
      spread(
        asNeighbor,
        densityDerivative(
          expansion,
          kind,
          vector.map((v) => -v),
        ),
        expansion.species[kind]!.offset,
        1,
      );
      addDerivative(part, densities[e.neighbor[p]!]!, asNeighbor, placeOf(e.neighbor[p]!));
      spread(asCentre, densityDerivative(expansion, s, vector), expansion.species[s]!.offset, -1);
    }
  addDerivative(part, densities[atom]!, asCentre, placeOf(atom));

  function spread(target: Float64Array, derivative: Float64Array, offset: number, sign: number): void {
    for (let row = 0; row < 3 * lms; row++)
      for (let i = 0; i < width; i++) target[row * channels + offset + i]! += sign * derivative[row * width + i]!;
  }
}

/** Derivatives of a centre's features with respect to strain: each neighbor moves by ε times the vector to it. */
function addStrainRows(part: FeaturePart, e: Environments, centre: number, features: number, out: Float64Array): void {
  const { expansion } = part;
  const { channels, width, lMax } = expansion;
  const kinds = expansion.species.length;
  const rows = 3 * (lMax + 1) ** 2;
  const density = expandDensity(expansion, e, centre);
  for (let b = 0; b < 3; b++) {
    const change = new Float64Array(rows * channels);
    expansion.species.forEach(({ offset }, s) => {
      for (let p = e.first[centre * kinds + s]!; p < e.first[centre * kinds + s + 1]!; p++) {
        const vector = e.vectors.subarray(3 * p, 3 * p + 3);
        const derivative = densityDerivative(expansion, s, vector);
        for (let row = 0; row < rows; row++)
          for (let i = 0; i < width; i++)
            change[row * channels + offset + i]! += derivative[row * width + i]! * vector[b]!;
      }
    });
    addDerivative(part, density, change, { out, columns: 3 * features, start: b * features });
  }
}

/** Product rule: adds the change of an atom's features when its c changes by dc[axis]. */
function addDerivative(part: FeaturePart, c: Float64Array, dc: Float64Array, place: Place): void {
  const { out, columns } = place;
  for (let axis = 0; axis < 3; axis++) {
    const d = dc.subarray(axis * c.length, (axis + 1) * c.length);
    const start = axis * columns + place.start;
    if (part.kind === "twoBody")
      for (let component = 0; component <= 2 * part.order; component++)
        for (let a = 0; a < part.count; a++)
          out[component * 3 * columns + start + part.offset + a]! += d[twoBodyRow(part, component) + a]!;
    forEachTerm(part, (component, feature, coefficient, first, second) => {
      out[component * 3 * columns + start + feature]! +=
        coefficient * (d[first]! * c[second]! + c[first]! * d[second]!);
    });
  }
}
