import { describe, expect, it } from "vitest";
import { createDescriptor, featureLabels } from "../../src/descriptor/descriptor.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import type { RadialBasis } from "../../src/descriptor/radialBasis.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { referenceData } from "../support/reference.js";

interface DscribeStructure {
  readonly symbols: string[];
  readonly positions_A: number[][];
  readonly soap: number[][];
  readonly "deriv_shape(center,atom,xyz,feature)": number[];
}
interface DscribeReference {
  readonly structures: Record<string, DscribeStructure & { readonly [key: string]: unknown }>;
  readonly locations: Record<string, [number, number]>;
  readonly production: { readonly center0_first60: number[]; readonly norms: number[]; readonly sums: number[] };
  readonly polynomial_rbf: { readonly soap: number[][] };
}
const reference = referenceData<DscribeReference>("dscribe_soap_water");

/** Power spectrum in DScribe's order and factor: species pairs, then l, then n (n′ ≥ n for equal species), then n′. */
function inTheirOrder(s: Structure, basis: RadialBasis, nMax: number, lMax: number, cutoff: number): Float64Array[] {
  const species = ["H", "O"];
  const d = createDescriptor({
    species,
    cutoff,
    nMax,
    lMax,
    smearing: 0.5,
    basis,
    cutoffFunction: { kind: "none" },
    centralAtom: true,
  });
  const labels = featureLabels(d, 0);
  const f = featuresOf(d, s, 0);
  const place = new Map(
    labels.map(({ first, second }, k) => [`${first.species}${first.n} ${second!.species}${second!.n} ${first.l}`, k]),
  );
  const order: { k: number; factor: number }[] = [];
  for (const [z1, z2] of [
    ["H", "H"],
    ["H", "O"],
    ["O", "O"],
  ])
    for (let l = 0; l <= lMax; l++)
      for (let n = 0; n < nMax; n++)
        for (let n2 = z1 === z2 ? n : 0; n2 < nMax; n2++) {
          const k = place.get(`${z1}${n} ${z2}${n2} ${l}`)!;
          // ours: scale·(−1)^l/√(2l+1)·Σ c c′; theirs: π√(8/(2l+1))·Σ c c′
          order.push({ k, factor: (Math.PI * Math.SQRT2 * 2 * (l % 2 === 0 ? 1 : -1)) / labels[k]!.scale });
        }
  return Array.from({ length: f.atoms }, (_, atom) =>
    Float64Array.from(order, ({ k, factor }) => factor * f.values[atom * f.count + k]!),
  );
}

describe.skipIf(!reference)("power spectrum of water against DScribe 2.1.1", () => {
  const entries = Object.entries(reference?.structures ?? {});
  const water = (w: DscribeStructure): Structure => createStructure({ species: w.symbols, positions: w.positions_A });

  it.each(entries)("gto, n 4, l 3: %s to 1e-8", (_, w) => {
    const ours = inTheirOrder(water(w), { kind: "gto" }, 4, 3, 5);
    expect(ours.length).toBe(3);
    ours.forEach((row, atom) => {
      expectClose(row, w.soap[atom]!, { absolute: 1e-8, relative: 1e-8 });
    });
  });

  it("gto, n 8, l 6: first 60 features, norms and sums", () => {
    const ours = inTheirOrder(water(reference!.structures.water_distorted!), { kind: "gto" }, 8, 6, 6);
    const { center0_first60, norms, sums } = reference!.production;
    expectClose(ours[0]!.subarray(0, 60), center0_first60, { absolute: 1e-7 });
    expectClose(
      ours.map((row) => Math.hypot(...row)),
      norms,
      { relative: 1e-8 },
    );
    expectClose(
      ours.map((row) => row.reduce((a, b) => a + b)),
      sums,
      { relative: 1e-8 },
    );
  });

  it("polynomial: the same kernels, which do not depend on how the primitives are normalized before orthonormalization", () => {
    const ours = inTheirOrder(water(reference!.structures.water_distorted!), { kind: "polynomial" }, 4, 3, 5);
    const theirs = reference!.polynomial_rbf.soap;
    // The full list counts pairs (n, n′) of one species twice.
    const weights: number[] = [];
    for (const equal of [true, false, true])
      for (let l = 0; l <= 3; l++)
        for (let n = 0; n < 4; n++) for (let n2 = equal ? n : 0; n2 < 4; n2++) weights.push(equal && n2 === n ? 1 : 2);
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      weights.reduce((sum, w, k) => sum + w * a[k]! * b[k]!, 0);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) expectClose(dot(ours[i]!, ours[j]!), dot(theirs[i]!, theirs[j]!), { relative: 1e-8 });
  });
});
