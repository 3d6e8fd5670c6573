/** Numbers about the frames of a file, gathered one by one in memory that hardly grows. */
import { atomicMass } from "../structure/elements.js";
import type { Frame } from "../structure/frame.js";
import { minimumImage } from "../structure/minimumImage.js";
import { cellVolume, type Structure } from "../structure/structure.js";
import { nyquistWavenumber } from "../units/frequency.js";
import { motionSurvey } from "./motionSurvey.js";

/** What a survey found. */
export interface Survey {
  readonly frames: number;
  readonly atoms: number;
  readonly species: readonly string[];
  /** e.g. "Si3 O6" */
  readonly composition: string;
  readonly periodic: boolean;
  /** Å³, of the first and the last frame. */
  readonly volumes: readonly [number, number] | undefined;
  readonly timestepFs: number | null;
  readonly times: { readonly first: number; readonly last: number; readonly even: boolean } | null;
  /** cm⁻¹; what the time step can show. */
  readonly nyquist: number | undefined;
  readonly quantities: readonly string[];
  /** Largest component of |Σ_i Z*_i| over the frames, e. */
  readonly chargeSum: number | undefined;
  /** Largest difference of two components of ε or α that should be equal, relative to the largest component. */
  readonly asymmetry: number | undefined;
  /** cm⁻¹; how far tensors and atoms reach. */
  readonly highest: number | undefined;
  /** Largest displacement of the centre of mass from the first frame, Å, in a file whose frames follow each other. */
  readonly drift: number | undefined;
  readonly problems: readonly string[];
  /** Some frames with Born charges. */
  readonly charged: readonly Frame[];
}

const fields = [
  ...(["energy", "forces", "velocities", "stress"] as const),
  ...(["polarization", "polarizability", "dielectric", "bornCharges"] as const),
];
/** A sum of charges beyond this, e per atom, is more than what k points and cutoffs leave. */
const largestChargeSum = 0.05;
/** A centre of mass that moves by more than this, Å, moves. */
const largestDrift = 0.5;
const keptFrames = 24;

/** @param given fs between frames, where the file has no times */
export function frameSurvey(given?: number): { add(frame: Frame): void; finish(): Survey } {
  const present = new Map<string, number>();
  const times: number[] = [];
  const charged: Frame[] = [];
  const centre = centreOfMass();
  const motion = motionSurvey();
  let first: Structure | undefined;
  let last: Structure | undefined;
  let frames = 0;
  let chargeSum: number | undefined;
  let asymmetry: number | undefined;
  return {
    add(frame) {
      first ??= frame.structure;
      last = frame.structure;
      frames++;
      for (const field of fields) if (frame[field] !== undefined) present.set(field, (present.get(field) ?? 0) + 1);
      if (frame.time !== undefined) times.push(frame.time);
      for (const tensor of [frame.polarizability, frame.dielectric])
        if (tensor) asymmetry = Math.max(asymmetry ?? 0, relativeAsymmetry(tensor));
      if (frame.bornCharges) {
        chargeSum = Math.max(chargeSum ?? 0, largestSum(frame.bornCharges));
        if (charged.length < keptFrames) charged.push(frame);
      }
      centre.add(frame.structure);
      motion.add(frame);
    },
    finish() {
      const { even, step } = spacingOf(times, frames);
      const spacing = even && step > 0 ? step : times.length === 0 && frames > 1 ? given : undefined;
      const moving = motion.finish(spacing);
      const drift = moving.ordered || times.length > 1 ? centre.drift() : undefined;
      const n = first?.species.length ?? 0;
      const problems = [
        ...moving.problems,
        ...contradiction(given, times, even, step),
        ...(chargeSum !== undefined && chargeSum > largestChargeSum * n
          ? [
              `the Born charges sum to ${chargeSum.toFixed(2)} e (acoustic sum rule: 0; ${n} atoms); converge them, or use charges that are corrected`,
            ]
          : []),
        ...(drift !== undefined && drift > largestDrift
          ? [`the centre of mass moves by ${drift.toFixed(2)} Å; remove the drift before displacements are taken`]
          : []),
      ];
      return {
        frames,
        atoms: n,
        species: [...new Set(first?.species)],
        composition: composition(first?.species ?? []),
        periodic: first?.periodic.some(Boolean) ?? false,
        volumes: first?.cell && last?.cell ? [cellVolume(first.cell), cellVolume(last.cell)] : undefined,
        timestepFs: spacing ?? null,
        times: times.length > 0 ? { first: times[0]!, last: times[times.length - 1]!, even } : null,
        nyquist: spacing === undefined ? undefined : nyquistWavenumber(spacing),
        highest: moving.highest,
        quantities: [...present].filter(([, count]) => count === frames).map(([field]) => field),
        chargeSum,
        asymmetry,
        drift,
        problems,
        charged,
      };
    },
  };
}

function contradiction(given: number | undefined, times: readonly number[], even: boolean, step: number): string[] {
  if (given === undefined || times.length === 0 || !even || Math.abs(step / given - 1) < 1e-3) return [];
  return [`the frames are ${Number(step.toPrecision(6))} fs apart by their times, not ${given} fs as given`];
}

/** Printed times are rounded to 1e-3 fs, or to some nine digits. */
function spacingOf(times: readonly number[], frames: number): { even: boolean; step: number } {
  if (times.length !== frames || frames < 2) return { even: false, step: 0 };
  const step = (times[frames - 1]! - times[0]!) / (frames - 1);
  const even = times.every((t, k) => Math.abs(t - times[0]! - k * step) <= 2e-3 + 1e-9 * Math.abs(t));
  return { even: even && step > 0, step };
}

function composition(species: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const s of species) counts.set(s, (counts.get(s) ?? 0) + 1);
  return [...counts].map(([s, count]) => (count > 1 ? `${s}${count}` : s)).join(" ");
}

function largestSum(charges: Float64Array): number {
  const sum = new Float64Array(9);
  for (let k = 0; k < charges.length; k++) sum[k % 9]! += charges[k]!;
  return sum.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
}

function relativeAsymmetry(t: Float64Array): number {
  const largest = t.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  const odd = Math.max(Math.abs(t[1]! - t[3]!), Math.abs(t[2]! - t[6]!), Math.abs(t[5]! - t[7]!));
  return largest > 0 ? odd / largest : 0;
}

/** How far the centre of mass gets from where it began, atoms followed over the borders of the cell. */
function centreOfMass(): { add(s: Structure): void; drift(): number | undefined } {
  let before: Structure | undefined;
  let masses: Float64Array | undefined;
  const moved = new Float64Array(3);
  let largest = 0;
  let comparable = true;
  return {
    add(s) {
      if (before && comparable) {
        if (before.species.length !== s.species.length) comparable = false;
        else {
          masses ??= Float64Array.from(s.species, (symbol) => knownMass(symbol));
          const total = masses.reduce((a, b) => a + b, 0);
          const old = before.positions;
          const step = s.positions.map((x, k) => x - old[k]!);
          const u = minimumImage(step, s.cell, s.periodic);
          for (let k = 0; k < u.length; k++) moved[k % 3]! += (u[k]! * masses[Math.floor(k / 3)]!) / total;
          largest = Math.max(largest, Math.hypot(moved[0]!, moved[1]!, moved[2]!));
        }
      }
      before = s;
    },
    drift: () => (comparable ? largest : undefined),
  };
}

function knownMass(symbol: string): number {
  try {
    return atomicMass(symbol);
  } catch {
    return 1;
  }
}
