/** Radial distribution function of a trajectory. */
import { inFrame, OptionError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { integer, positive } from "../options/values.js";
import { neighborList } from "../structure/neighbors.js";
import { cellVolume, createStructure } from "../structure/structure.js";
import { frameCount, frameStructure, type Trajectory } from "../structure/trajectory.js";

/** g(r) of one pair of species. */
export interface RadialDistribution {
  readonly pair: readonly [string, string];
  /** Bin centres, Å. */
  readonly distance: Float64Array;
  /** g(r), 1 for an ideal gas. */
  readonly value: Float64Array;
  /** Mean number of `pair[1]` atoms within the upper edge of each bin around a `pair[0]` atom. */
  readonly coordination: Float64Array;
  /** Distances of an atom from its own periodic images up to the last of `distance`, Å, ascending, each once; of the first frame. */
  readonly images?: Float64Array;
}

const OPTIONS = record({
  cutoff: positive("Å").default(6),
  bins: integer({ atLeast: 1, atMost: 1e6 }).default(200),
  stride: integer({ atLeast: 1 }).default(1),
});

/**
 * g(r) of a pair of species, every periodic image counted.
 * @param options.cutoff Å, default 6; may exceed half the cell
 * @param options.bins default 200
 * @param options.stride frames between samples, default 1
 * @throws OptionError if a species does not occur or the trajectory is not periodic in three directions
 */
export function radialDistribution(
  t: Trajectory,
  pair: readonly [string, string],
  options: { readonly cutoff?: number; readonly bins?: number; readonly stride?: number } = {},
): RadialDistribution {
  const { cutoff, bins, stride } = readOptions(OPTIONS, options, "radialDistribution");
  if (!t.cells || !t.periodic.every(Boolean))
    throw new OptionError({ where: "radialDistribution", problem: "needs a trajectory periodic in three directions" });
  const count = (symbol: string): number => t.species.filter((s) => s === symbol).length;
  const [centres, others] = [count(pair[0]), count(pair[1])];
  if (centres === 0 || others === 0)
    throw new OptionError({
      where: "radialDistribution",
      problem: `no ${centres === 0 ? pair[0] : pair[1]} atom; the species are ${[...new Set(t.species)].join(", ")}`,
    });

  const histogram = new Float64Array(bins);
  let frames = 0;
  let density = 0;
  for (let f = 0; f < frameCount(t); f += stride) {
    const s = frameStructure(t, f);
    const list = inFrame(f, () => neighborList(s, cutoff));
    density += others / cellVolume(s.cell!);
    frames++;
    for (let i = 0; i < t.species.length; i++) {
      if (t.species[i] !== pair[0]) continue;
      for (let p = list.first[i]!; p < list.first[i + 1]!; p++)
        if (t.species[list.index[p]!] === pair[1]) histogram[Math.floor((list.distances[p]! / cutoff) * bins)]!++;
    }
  }
  density /= frames;
  const width = cutoff / bins;
  const distance = Float64Array.from({ length: bins }, (_, b) => (b + 0.5) * width);
  const value = new Float64Array(bins);
  const coordination = new Float64Array(bins);
  let within = 0;
  for (let b = 0; b < bins; b++) {
    const shell = (4 / 3) * Math.PI * width ** 3 * ((b + 1) ** 3 - b ** 3);
    const perCentre = histogram[b]! / (frames * centres);
    within += perCentre;
    value[b] = perCentre / (shell * density);
    coordination[b] = within;
  }
  return { pair, distance, value, coordination, images: imageDistances(t, cutoff) };
}

/** Lengths of the lattice vectors of the first frame, those that differ by less than 0.05 Å taken together. */
function imageDistances(t: Trajectory, cutoff: number): Float64Array {
  const { cell } = frameStructure(t, 0);
  const origin = createStructure({ species: ["H"], positions: [[0, 0, 0]], cell: cell! });
  const lengths = [...neighborList(origin, cutoff).distances].sort((a, b) => a - b);
  return Float64Array.from(lengths.filter((d, k) => k === 0 || d - lengths[k - 1]! > 0.05));
}
