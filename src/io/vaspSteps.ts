/** Ionic steps of VASP: in runs that learn a force field one step has two tables, a machine-learned and an ab initio one. */
import type { Frame } from "../structure/frame.js";

/** Where energy, forces and stress of a frame come from. */
export type LabelSource = "ab-initio" | "learned";
export const labelSources = ["ab-initio", "learned"] as const;

/** Options of the readers of VASP's output. */
export interface LabelOptions {
  /**
   * Of runs with a machine-learned force field: "ab-initio" reads the steps with ab initio energy, forces and stress,
   * "learned" those with predictions, and gives these. Default: every step, ab initio where there is, else predicted;
   * `info.labels` of each frame says which.
   */
  readonly labels?: LabelSource;
}

/** One table of positions with what was printed for it; the reader fills it while it reads. */
export interface VaspTable {
  source: LabelSource;
  /** Of the run, from 1; where the file does not say it, undefined. */
  step?: number;
  readonly frame: { -readonly [K in keyof Frame]: Frame[K] };
  /** False if the electronic loop ended before it converged. */
  converged?: boolean;
}

/** What is known of the run when a step is finished. */
export interface VaspRun {
  /** fs between steps; 0 if this is no molecular dynamics. */
  readonly timestep: number;
  /** Learned tables are printed every so many steps. */
  readonly block: number;
}

/** Puts the tables of each step together. */
export interface VaspSteps {
  /** A table begins. @param passed learned steps since the last learned table, where they can be counted. @returns the step before, if it is over and wanted */
  begin(table: VaspTable, run: VaspRun, passed?: number): Frame | undefined;
  /** The step that is not over yet, if it is wanted; steps of another run may follow. */
  finish(run: VaspRun): Frame | undefined;
  /** What the frames' users should know, once all is read. */
  warnings(): string[];
}

export function vaspSteps({ labels }: LabelOptions): VaspSteps {
  let group: { tables: VaspTable[]; step: number } | undefined;
  let last = 0;
  let lastLearned = 0;
  let learning = false;
  const given: Record<LabelSource, number> = { "ab-initio": 0, learned: 0 };
  const unconverged: number[] = [];
  let frames = 0;

  const emit = (run: VaspRun): Frame | undefined => {
    if (!group) return undefined;
    const { tables, step } = group;
    group = undefined;
    const computed = tables.find((t) => t.source === "ab-initio");
    const predicted = tables.find((t) => t.source === "learned" && (!computed || !isEmpty(t.frame)));
    const chosen = labels === undefined ? (computed ?? predicted) : labels === "learned" ? predicted : computed;
    if (!chosen) return undefined;
    const { frame, source } = chosen;
    if (computed && chosen !== computed)
      for (const field of ["dielectric", "bornCharges"] as const)
        if (computed.frame[field]) frame[field] = computed.frame[field];
    if (run.timestep > 0) frame.time = (step - 1) * run.timestep;
    const info = {
      ...(learning && { labels: source }),
      ...(chosen.converged === false && { converged: false }),
    };
    if (Object.keys(info).length > 0) frame.info = info;
    if (chosen.converged === false) unconverged.push(frames);
    given[source]++;
    frames++;
    return frame;
  };

  return {
    begin(table, run, passed = 1) {
      if (table.source === "learned") learning = true;
      if (group && !group.tables.some((t) => t.source === table.source) && samePlace(group.tables[0]!, table)) {
        group.tables.push(table);
        if (table.step !== undefined) last = group.step = table.step;
        if (table.source === "learned") lastLearned = group.step;
        return undefined;
      }
      const before = emit(run);
      const counted =
        table.source === "ab-initio"
          ? last + 1
          : passed > 1
            ? Math.max(lastLearned + passed, last + 1)
            : (Math.floor(last / run.block) + 1) * run.block;
      last = table.step ?? counted;
      if (table.source === "learned") lastLearned = last;
      group = { tables: [table], step: last };
      return before;
    },
    finish(run) {
      const frame = emit(run);
      last = lastLearned = 0;
      return frame;
    },
    warnings() {
      const { learned } = given;
      return [
        ...(learned > 0 && given["ab-initio"] > 0
          ? [
              `energies and forces of ${learned} of ${frames} frames are predictions of VASP's machine-learned force field, the others are computed (info.labels says which): labels: "ab-initio" reads the computed ones alone`,
            ]
          : []),
        ...(unconverged.length > 0
          ? [
              `the electronic loop did not converge in ${unconverged.length} of ${frames} frames (frame ${unconverged.slice(0, 8).join(", ")}${unconverged.length > 8 ? ", …" : ""}): raise NELM, or leave these frames out`,
            ]
          : []),
      ];
    },
  };
}

/** A force field that has not learned anything yet predicts zeros. */
function isEmpty({ energy, forces }: Frame): boolean {
  return energy === 0 && (forces?.every((f) => f === 0) ?? true);
}

function samePlace(a: VaspTable, b: VaspTable): boolean {
  return (
    equal(a.frame.structure.positions, b.frame.structure.positions) &&
    equal(a.frame.structure.cell!, b.frame.structure.cell!)
  );
}

function equal(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
