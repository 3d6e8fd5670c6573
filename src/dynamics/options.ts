import { OptionError, rejectUnknownOptions } from "../errors.js";
import type { RunOptions } from "../progress.js";
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

export interface MdOptions extends RunOptions {
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

const OPTION_NAMES: readonly (keyof MdOptions)[] = [
  "ensemble",
  "steps",
  "timestep",
  "temperature",
  "velocities",
  "seed",
  "masses",
  "fixed",
  "saveEvery",
  "onFrame",
  "maxForce",
  "maxTemperature",
  "maxUncertainty",
  "resume",
  "onProgress",
  "signal",
];

/** @throws OptionError for unknown names and values that make no sense */
export function checkMdOptions(start: Structure, options: MdOptions): void {
  const where = "md";
  rejectUnknownOptions(options, OPTION_NAMES, where);
  const { timestep = 1, steps, saveEvery = 1, ensemble } = options;
  if (!(timestep > 0))
    throw new OptionError({ where, problem: `timestep is ${timestep} fs, expected a positive number` });
  if (!(Number.isInteger(steps) && steps >= 0))
    throw new OptionError({ where, problem: `steps is ${steps}, expected a whole number ≥ 0` });
  if (!(Number.isInteger(saveEvery) && saveEvery > 0))
    throw new OptionError({ where, problem: `saveEvery is ${saveEvery}, expected a whole number ≥ 1` });
  checkEnsemble(ensemble, start);
  for (const [symbol, mass] of Object.entries(options.masses ?? {})) {
    if (!start.species.includes(symbol))
      throw new OptionError({
        where,
        problem: `a mass is given for ${symbol}, which the structure does not hold`,
        advice: `its species are ${[...new Set(start.species)].join(", ")}`,
      });
    if (!(mass > 0 && Number.isFinite(mass)))
      throw new OptionError({ where, problem: `the mass of ${symbol} is ${mass} u, expected a positive number` });
  }
}

const ENSEMBLE_NAMES = {
  nve: ["kind"],
  nvt: ["kind", "temperature", "friction"],
  npt: ["kind", "temperature", "friction", "pressure", "relaxation", "compressibility"],
} as const;

function checkEnsemble(ensemble: Ensemble, start: Structure): void {
  const where = "md ensemble";
  const names: readonly string[] | undefined = ENSEMBLE_NAMES[ensemble.kind];
  if (!names)
    throw new OptionError({
      where,
      problem: `unknown kind "${ensemble.kind}"`,
      advice: "known kinds: nve, nvt, npt",
    });
  rejectUnknownOptions(ensemble, names, where);
  for (const [name, value] of Object.entries(ensemble)) {
    const lowest = name === "temperature" ? "a number ≥ 0" : name === "pressure" ? "a number" : "a positive number";
    const fine =
      name === "kind" ||
      (Number.isFinite(value) && (name === "pressure" || value > 0 || (name === "temperature" && value === 0)));
    if (!fine) throw new OptionError({ where, problem: `${name} is ${value}, expected ${lowest}` });
  }
  if (ensemble.kind !== "nve" && ensemble.temperature === undefined)
    throw new OptionError({ where, problem: "no temperature", advice: "give `temperature` (K)" });
  if (ensemble.kind === "npt" && !start.periodic.every(Boolean))
    throw new OptionError({ where, problem: "constant pressure needs a cell periodic in three directions" });
}
