import { loadKernels } from "../wasm/load.js";
import type { AtomRows, CentreRows, ContractionJob, Derivatives, Engine } from "./engine.js";
import { centresOf, type Environments } from "./environments.js";
import type { Expansion } from "./expansion.js";
import type { FeatureLayout, FeaturePart } from "./features.js";
import {
  type DescriptorExports,
  type DescriptorKernels,
  type PlacedPart,
  padded,
  placeEnvironments,
  placeExpansion,
  placePart,
  placeWeights,
  speciesPerGroup,
} from "./kernelMemory.js";
import { strainCentres } from "./kernelStrain.js";
import { type PairTables, placePairTables } from "./pairTables.js";

/**
 * The kernels of src/wasm/assembly/descriptor.ts with the tables of one descriptor in a memory of their own.
 * @returns `undefined` where WebAssembly has no SIMD
 */
export function kernelEngine(layouts: readonly FeatureLayout[]): Engine | undefined {
  const kernels = loadKernels<DescriptorExports>("descriptor");
  if (!kernels) return undefined;
  const expansions = new Map<Expansion, () => void>();
  const parts = new Map<FeaturePart, PlacedPart>();
  const pairTables = new Map<FeaturePart, ReturnType<typeof placePairTables>>();
  for (const part of layouts.flatMap((layout) => layout.parts)) {
    if (!expansions.has(part.expansion)) expansions.set(part.expansion, placeExpansion(kernels, part.expansion));
    parts.set(part, placePart(kernels, part));
    if (part.kind === "twoBody" && part.order === 0) pairTables.set(part, placePairTables(kernels, part));
  }

  /** Runs `work` on a structure's pairs, padded as {@link placeEnvironments} says, and gives their memory back afterwards. */
  const withPairs = (x: Expansion, e: Environments, perGroup: number, work: (activate: () => void) => void): void => {
    const mark = kernels.arena.mark();
    try {
      const useExpansion = expansions.get(x)!;
      useExpansion();
      const useStructure = placeEnvironments(kernels, e, perGroup);
      const activate = (): void => {
        useExpansion();
        useStructure();
      };
      activate();
      work(activate);
    } finally {
      kernels.arena.release(mark);
    }
  };

  return {
    features: (part, e, features, out) => {
      withPairs(part.expansion, e, speciesPerGroup(part.expansion), () => {
        parts.get(part)!.use(features);
        writeFeatures(kernels, part, e, features, out);
      });
    },
    contract: (x, e, jobs) => {
      withPairs(x, e, speciesPerGroup(x), () => {
        const rest = jobs.filter((job) => {
          const tables = pairTables.get(job.part);
          if (!tables || !job.derivatives || job.list !== e.species) return true;
          addPairs(kernels, e, { ...job, derivatives: job.derivatives }, tables(job.weights, job.features));
          return false;
        });
        if (rest.length > 0) contractAtoms(kernels, parts, e, rest);
      });
    },
    design: (part, e, features, use) => {
      withPairs(part.expansion, e, 1, (activate) => {
        designAtoms(kernels, parts.get(part)!, part, e, features, activate, use);
      });
    },
    jacobian: (part, e, features, use) => {
      withPairs(part.expansion, e, 1, (activate) => {
        jacobianAtoms(kernels, parts.get(part)!, part, e, features, activate, use);
      });
    },
    strain: (part, e, features, use) => {
      withPairs(part.expansion, e, 1, (activate) => {
        strainCentres(kernels, parts.get(part)!, part, features, activate, use);
      });
    },
  };
}

function writeFeatures(
  { arena, exports }: DescriptorKernels,
  part: FeaturePart,
  e: Environments,
  features: number,
  out: Float64Array,
): void {
  const components = 2 * part.order + 1;
  const pointer = arena.reserveDoubles(components * features);
  const row = arena.doubles(pointer, components * features);
  const { from, to } = centresOf(e);
  for (let atom = from; atom < to; atom++) {
    exports.expand(atom, 0);
    if (part.kind === "twoBody") exports.twoBodyFeatures(pointer, part.offset);
    else exports.threeBodyFeatures(pointer);
    for (let m = 0; m < components; m++) {
      const start = m * features + part.offset;
      out.set(row.subarray(start, start + part.count), atom * components * features + start);
    }
  }
}

/** A contraction of two-body features of order 0 with weights per species. */
function addPairs(
  { arena, exports }: DescriptorKernels,
  e: Environments,
  { atoms, derivatives }: ContractionJob & { readonly derivatives: Derivatives },
  tables: PairTables,
): void {
  const values = arena.reserveDoubles(e.count);
  const positions = arena.reserveDoubles(3 * e.count);
  const strain = arena.reserveDoubles(9);
  const results: readonly [Float64Array, number][] = [
    [atoms, values],
    [derivatives.positions, positions],
    [derivatives.strain, strain],
  ];
  for (const [target, pointer] of results) arena.doubles(pointer, target.length).fill(0);
  const { from, to } = centresOf(e);
  for (let atom = from; atom < to; atom++) {
    const kind = e.species[atom]!;
    exports.pairTerm(atom, tables.of(kind), values + 8 * atom, positions, strain);
    atoms[atom]! += tables.centre(kind);
  }
  for (const [target, pointer] of results) {
    const source = arena.doubles(pointer, target.length);
    for (let k = 0; k < target.length; k++) target[k]! += source[k]!;
  }
}

function contractAtoms(
  { arena, exports }: DescriptorKernels,
  parts: ReadonlyMap<FeaturePart, PlacedPart>,
  e: Environments,
  jobs: readonly ContractionJob[],
): void {
  const x = jobs[0]!.part.expansion;
  const adjointSize = ((x.lMax + 1) ** 2 + 1) * padded(x.channels);
  const { from, to } = centresOf(e);
  const placed = jobs.map(({ part, features, weights, list, derivatives }) => {
    const components = 2 * part.order + 1;
    const wanted = new Set(list.subarray(from, to));
    return {
      weights: Array.from({ length: weights.length / features }, (_, k) => {
        if (!wanted.has(k)) return 0;
        const own = weights.subarray(k * features, (k + 1) * features);
        return placeWeights(arena, part, own, derivatives !== undefined);
      }),
      atoms: arena.reserveDoubles(e.count * components),
      adjoints: arena.reserveDoubles(components * adjointSize),
      positions: derivatives && arena.reserveDoubles(components * e.count * 3),
      strain: derivatives && arena.reserveDoubles(components * 9),
    };
  });
  const view = (i: number): { target: Float64Array; source: Float64Array }[] => {
    const { atoms, derivatives } = jobs[i]!;
    const p = placed[i]!;
    const pairs: [Float64Array, number][] = [[atoms, p.atoms]];
    if (derivatives) pairs.push([derivatives.positions, p.positions!], [derivatives.strain, p.strain!]);
    return pairs.map(([target, pointer]) => ({ target, source: arena.doubles(pointer, target.length) }));
  };
  jobs.forEach((_, i) => {
    for (const { source } of view(i)) source.fill(0);
  });
  const withGradient = Number(jobs.some(({ derivatives }) => derivatives));
  for (let atom = from; atom < to; atom++) {
    exports.expand(atom, withGradient);
    jobs.forEach(({ part, features, list, derivatives }, i) => {
      const p = placed[i]!;
      const weights = p.weights[list[atom]!]!;
      const value = p.atoms + 8 * atom * (2 * part.order + 1);
      parts.get(part)!.use(features);
      if (part.kind === "twoBody") exports.twoBodyAdjoint(weights, value, p.adjoints);
      else if (derivatives) exports.threeBodyAdjoint(weights, value, p.adjoints);
      else exports.threeBodyValue(weights, value);
      if (derivatives) exports.reverse(atom, p.adjoints, p.positions!, p.strain!);
    });
  }
  jobs.forEach((_, i) => {
    for (const { target, source } of view(i)) for (let k = 0; k < target.length; k++) target[k]! += source[k]!;
  });
}

function designAtoms(
  kernels: DescriptorKernels,
  placed: PlacedPart,
  part: FeaturePart,
  e: Environments,
  features: number,
  activate: () => void,
  use: (rows: AtomRows) => void,
): void {
  const { arena, exports } = kernels;
  const size = (2 * part.order + 1) * 3 * part.expansion.species.length * features;
  const partners = couplePartners(kernels, placed, part, e, features);
  const out = arena.reserveDoubles(size + 4);
  use((atom, target) => {
    // The caller may have worked with the same kernels in between.
    activate();
    placed.use(features);
    const rows = arena.doubles(out, size).fill(0);
    exports.approach(atom);
    if (part.kind === "twoBody") exports.twoBodyRows(atom, part.offset, out);
    else exports.threeBodyRows(atom, partners, placed.partnerRows, out);
    for (let k = 0; k < size; k++) target[k]! += rows[k]!;
  });
}

function jacobianAtoms(
  kernels: DescriptorKernels,
  placed: PlacedPart,
  part: FeaturePart,
  e: Environments,
  features: number,
  activate: () => void,
  use: (rows: CentreRows) => void,
): void {
  const { arena, exports } = kernels;
  const size = (2 * part.order + 1) * 3 * features;
  const partners = couplePartners(kernels, placed, part, e, features);
  const slots = arena.reserve(4 * e.count);
  const centresOf = (atom: number): number[] => {
    const kinds = part.expansion.species.length;
    return [...new Set([atom, ...e.neighbor.subarray(e.first[atom * kinds]!, e.first[(atom + 1) * kinds]!)])];
  };
  let most = 0;
  for (let atom = 0; atom < e.count; atom++) most = Math.max(most, centresOf(atom).length);
  const out = arena.reserveDoubles(most * size + 4);
  use((atom, target) => {
    activate();
    placed.use(features);
    const centres = centresOf(atom);
    const slot = arena.integers(slots, e.count);
    centres.forEach((centre, k) => {
      slot[centre] = k;
    });
    const rows = arena.doubles(out, centres.length * size).fill(0);
    exports.approach(atom);
    if (part.kind === "twoBody") exports.twoBodyJacobian(atom, part.offset, slots, out);
    else exports.threeBodyJacobian(atom, partners, placed.partnerRows, slots, out);
    centres.forEach((centre, k) => {
      const sum = target(centre);
      for (let i = 0; i < size; i++) sum[i]! += rows[k * size + i]!;
    });
  });
}

/** The coupling partners of every atom's densities, one after the other. @returns pointer */
function couplePartners(
  { arena, exports }: DescriptorKernels,
  placed: PlacedPart,
  part: FeaturePart,
  e: Environments,
  features: number,
): number {
  const perAtom = 8 * placed.partnerRows * padded(part.expansion.channels);
  const partners = arena.reserve(perAtom * e.count);
  placed.use(features);
  if (part.kind === "threeBody")
    for (let atom = 0; atom < e.count; atom++) {
      exports.expand(atom, 0);
      exports.couplePartners(partners + atom * perAtom);
    }
  return partners;
}
