import type { z } from "zod";
import { OptionError } from "../errors.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../options/record.js";
import {
  byName,
  callback,
  doubles,
  integer,
  list,
  number,
  plainObject,
  positive,
  THREAD_FIELDS,
} from "../options/values.js";
import type { ThreadOptions } from "../progress.js";
import type { Structure } from "../structure/structure.js";
import type { MdState } from "./state.js";

/** Thermodynamic ensemble of a run. */
export type Ensemble =
  | { readonly kind: "nve" }
  /** `temperature` in K, `friction` in 1/ps (default 10, as S sec. II.C). */
  | { readonly kind: "nvt"; readonly temperature: number; readonly friction?: number }
  /** As nvt; `pressure` in GPa (default 0), `relaxation` of the volume in fs (default 500), `compressibility` in 1/GPa (default 0.02). */
  | {
      readonly kind: "npt";
      readonly temperature: number;
      readonly friction?: number;
      readonly pressure?: number;
      readonly relaxation?: number;
      readonly compressibility?: number;
    };

/** One recorded step. Arrays are copies. */
export interface MdFrame {
  readonly step: number;
  /** fs */
  readonly time: number;
  readonly structure: Structure;
  /** [n, 3], Å/fs, at the same time as the positions */
  readonly velocities: Float64Array;
  /** [n, 3], eV/Å */
  readonly forces: Float64Array;
  /** eV */
  readonly potentialEnergy: number;
  readonly kineticEnergy: number;
  /** K */
  readonly temperature: number;
  /** The potential's estimate of the error of the worst force, eV/Å; only with `maxUncertainty`. */
  readonly uncertainty?: number;
}

export interface MdOptions extends ThreadOptions {
  readonly ensemble: Ensemble;
  /** Number of the last step; a resumed run goes on up to the same number. */
  readonly steps: number;
  /** fs, default 1 */
  readonly timestep?: number;
  /** K of the Maxwell–Boltzmann start where the structure brings no velocities; default the ensemble's, needed for NVE. */
  readonly temperature?: number;
  /** [n, 3], Å/fs; start velocities instead of drawn ones. */
  readonly velocities?: Float64Array;
  /** Seed of velocities and thermostat, default 1. */
  readonly seed?: number;
  /** Masses in u by symbol where they differ from the standard ones, e.g. { H: 8 } for heavy hydrogen. */
  readonly masses?: Readonly<Record<string, number>>;
  /** Indices of atoms that do not move. */
  readonly fixed?: readonly number[];
  /** Steps between recorded frames, default 1. */
  readonly saveEvery?: number;
  /** Receives step 0 and every `saveEvery`-th step; may return a promise (a file that is slower than the dynamics). */
  readonly onFrame?: (frame: MdFrame) => void | Promise<void>;
  /** Stops the run when a force component exceeds it, eV/Å; default 100. */
  readonly maxForce?: number;
  /** Stops the run when the kinetic temperature exceeds it, K; default 10 000, or 20 times that of thermostat or start if more. */
  readonly maxTemperature?: number;
  /** Stops the run when the potential's own error estimate of a recorded frame exceeds it, eV/Å; off by default. */
  readonly maxUncertainty?: number;
  /** Goes on from here instead of from the structure. */
  readonly resume?: MdState;
}

const ensembleOption = kinds({
  nve: {},
  nvt: { temperature: number({ atLeast: 0 }, "K"), friction: positive("1/ps").optional() },
  npt: {
    temperature: number({ atLeast: 0 }, "K"),
    friction: positive("1/ps").optional(),
    pressure: number({}, "GPa").optional(),
    relaxation: positive("fs").optional(),
    compressibility: positive("1/GPa").optional(),
  },
} satisfies Alternatives<Ensemble>);

export const massesOption = byName(positive(), "a mass above 0 (u) per symbol");

const { resume, ...fields } = {
  ensemble: ensembleOption,
  steps: integer({ atLeast: 0 }),
  timestep: positive("fs").default(1),
  temperature: number({ atLeast: 0 }, "K").optional(),
  velocities: doubles().optional(),
  seed: integer().default(1),
  masses: massesOption.optional(),
  fixed: list(integer({ atLeast: 0 })).optional(),
  saveEvery: integer({ atLeast: 1 }).default(1),
  onFrame: callback<NonNullable<MdOptions["onFrame"]>>().optional(),
  maxForce: positive("eV/Å").default(100),
  maxTemperature: positive("K").optional(),
  maxUncertainty: positive("eV/Å").optional(),
  resume: plainObject<MdState>("the state of an earlier run").optional(),
  ...THREAD_FIELDS,
} satisfies Fields<MdOptions>;

/** All but `resume`, for runs that are resumed from files. */
export const MD_FIELDS = fields;
const OPTIONS = record({ ...fields, resume });

/** {@link MdOptions} with the defaults filled in. */
export type ResolvedMdOptions = z.output<typeof OPTIONS>;

/** Checks options and fills in defaults. @throws OptionError for unknown names and values that make no sense */
export function readMdOptions(start: Structure, options: MdOptions): ResolvedMdOptions {
  const where = "md";
  const read = readOptions(OPTIONS, options, where);
  for (const symbol of Object.keys(read.masses ?? {}))
    if (!start.species.includes(symbol))
      throw new OptionError({
        where,
        problem: `a mass is given for ${symbol}, which the structure does not hold`,
        advice: `its species are ${[...new Set(start.species)].join(", ")}`,
      });
  if (read.ensemble.kind === "npt" && !start.periodic.every(Boolean))
    throw new OptionError({ where, problem: "constant pressure needs a cell periodic in three directions" });
  return read;
}
