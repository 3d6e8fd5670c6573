import { OptionError, rejectUnknownOptions } from "../errors.js";
import { type ChannelMatrices, checkCompression } from "./compression.js";
import { type CutoffFunction, checkCutoff, checkScaling, type RadialScaling, unknownKind } from "./cutoff.js";
import { checkBasis, type RadialBasis } from "./radialBasis.js";

/** How the neighbors of an atom are expanded in radial functions and spherical harmonics. */
export interface ExpansionOptions {
  /** Neighbors beyond this do not count, Å. */
  readonly cutoff: number;
  /** Number of radial functions, 1 … 20. */
  readonly nMax: number;
  /** Highest degree of the spherical harmonics, 0 … 10. */
  readonly lMax: number;
  /** Standard deviation of the Gaussian that stands for a neighbor, Å. Default 0.5. */
  readonly smearing?: number;
  /** Default `{ kind: "bessel" }`. */
  readonly basis?: RadialBasis;
  /** Default `{ kind: "cosine" }`. */
  readonly cutoffFunction?: CutoffFunction;
  /** Default `{ kind: "none" }`. */
  readonly radialScaling?: RadialScaling;
  /** Whether the atom itself counts as a neighbor at distance 0. Default false. */
  readonly centralAtom?: boolean;
}

/** Whether the features of an atom are divided by their length √(Σ_μ Σ_k D²). */
export type FeatureNormalization = { readonly kind: "none" } | { readonly kind: "unit" };

/** Settings of a {@link descriptor}; those at the top level hold for the three-body part. */
export interface DescriptorOptions extends ExpansionOptions {
  /** Chemical symbols that may occur, each once; fixes the order of the features. */
  readonly species: readonly string[];
  /** Adds the two-body features c_{n,l=λ,m=μ}, in an expansion of its own; what is not given is as in the three-body part. */
  readonly twoBody?: Partial<Omit<ExpansionOptions, "lMax">>;
  /** Default `{ kind: "none" }`. */
  readonly normalization?: FeatureNormalization;
  /** Fewer channels per degree than species × nMax in the three-body part, as made by {@link compressChannels}. */
  readonly compression?: ChannelMatrices;
}

/** {@link ExpansionOptions} with every default filled in. */
export type ResolvedExpansion = Required<ExpansionOptions>;

/** {@link DescriptorOptions} with every default filled in; plain data, written as JSON with a model. */
export interface ResolvedDescriptor extends ResolvedExpansion {
  readonly species: readonly string[];
  readonly twoBody?: Required<Omit<ExpansionOptions, "lMax">>;
  readonly normalization: FeatureNormalization;
  readonly compression?: ChannelMatrices;
}

const EXPANSION_KEYS = [
  "cutoff",
  "nMax",
  "lMax",
  "smearing",
  "basis",
  "cutoffFunction",
  "radialScaling",
  "centralAtom",
] as const;

/** Checks options and fills in defaults. @throws OptionError */
export function resolveOptions(options: DescriptorOptions): ResolvedDescriptor {
  const where = "descriptor";
  rejectUnknownOptions(options, [...EXPANSION_KEYS, "species", "twoBody", "normalization", "compression"], where);
  const { species, twoBody, compression } = options;
  if (!Array.isArray(species) || species.length === 0 || species.some((x) => typeof x !== "string" || x === ""))
    throw new OptionError({ where, problem: "no species", advice: 'give chemical symbols, e.g. species: ["H", "O"]' });
  const twice = species.find((x, i) => species.indexOf(x) !== i);
  if (twice) throw new OptionError({ where, problem: `species ${twice} is listed twice` });
  const normalization = options.normalization ?? { kind: "none" };
  if (normalization.kind !== "none" && normalization.kind !== "unit")
    throw unknownKind("normalization", normalization, ["none", "unit"]);
  const main = resolveExpansion(options, where);
  if (compression) checkCompression(compression, species.length * main.nMax, main.lMax);
  return {
    ...main,
    species: [...species],
    normalization,
    ...(twoBody && { twoBody: resolveTwoBody(twoBody, main) }),
    ...(compression && { compression }),
  };
}

function resolveTwoBody(
  options: Partial<Omit<ExpansionOptions, "lMax">>,
  main: ResolvedExpansion,
): Required<Omit<ExpansionOptions, "lMax">> {
  rejectUnknownOptions(
    options,
    EXPANSION_KEYS.filter((key) => key !== "lMax"),
    "descriptor.twoBody",
  );
  const { lMax: _, ...rest } = resolveExpansion({ ...main, ...options }, "descriptor.twoBody");
  return rest;
}

function resolveExpansion(options: ExpansionOptions, where: string): ResolvedExpansion {
  const { cutoff, nMax, lMax, smearing = 0.5, centralAtom = false } = options;
  const { basis = { kind: "bessel" }, cutoffFunction = { kind: "cosine" }, radialScaling = { kind: "none" } } = options;
  if (!(cutoff > 0 && cutoff <= 100))
    throw new OptionError({ where, problem: `cutoff is ${cutoff} Å`, advice: "give a length up to 100 Å" });
  checkInteger("nMax", nMax, 1, 20, where);
  checkInteger("lMax", lMax, 0, 10, where);
  if (!(smearing >= 0.02 && smearing <= cutoff))
    throw new OptionError({
      where,
      problem: `smearing is ${smearing} Å`,
      advice: `give a length from 0.02 to ${cutoff} Å`,
    });
  if (typeof centralAtom !== "boolean") throw new OptionError({ where, problem: `centralAtom is ${centralAtom}` });
  checkBasis(basis);
  checkCutoff(cutoffFunction, cutoff);
  checkScaling(radialScaling);
  return { cutoff, nMax, lMax, smearing, basis, cutoffFunction, radialScaling, centralAtom };
}

function checkInteger(name: string, value: number, low: number, high: number, where: string): void {
  if (!(Number.isInteger(value) && value >= low && value <= high))
    throw new OptionError({ where, problem: `${name} is ${value}, expected an integer from ${low} to ${high}` });
}
