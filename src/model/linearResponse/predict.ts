import { DataError } from "../../errors.js";
import { inverse3, timesMatrix } from "../../math/matrix3.js";
import { readOptions } from "../../options/record.js";
import { RUN_OPTIONS } from "../../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import { createSeries, type TensorSeries } from "../../series/tensorSeries.js";
import { internalDisplacements, requireSameAtoms } from "../../structure/displacement.js";
import { atomicMasses } from "../../structure/elements.js";
import { internalDifference, internalValues } from "../../structure/internalCoordinates.js";
import { labelledAligner } from "../../structure/labelling.js";
import { imageReducer } from "../../structure/minimumImage.js";
import { rotateTensor } from "../../structure/rotateTensor.js";
import { cellVolume, type Structure } from "../../structure/structure.js";
import { frameCount, frameStructure, type Trajectory } from "../../structure/trajectory.js";
import type { LinearResponse } from "./linearResponse.js";

/** A cell whose vectors differ by more than this fraction is another crystal, not a thermally breathing one. */
const CELL_TOLERANCE = 0.1;

/**
 * Tensor of one structure by the linear-response model. Translations, wrapping, and for molecules rotations of the input and
 * exchanges of like atoms change the result as they change the true tensor: a molecule is compared with the nearest of its
 * equivalent minima, so that a methyl group may turn over.
 * @returns row-major, `model.shape`, in `model.unit`
 * @throws ShapeError if the atoms differ from the reference, DataError if the cell does
 */
export function linearResponseTensor(model: LinearResponse, s: Structure): Float64Array {
  requireSameAtoms(model.reference, s, "linear response");
  return expander(model)(s);
}

/**
 * The tensor along a trajectory; see {@link linearResponseTensor}.
 * @throws DataError if the trajectory has no time step; ShapeError if the atoms differ from the reference; AbortedError when interrupted
 */
export async function predictLinearResponse(
  model: LinearResponse,
  t: Trajectory,
  options: RunOptions = {},
): Promise<TensorSeries> {
  const { onProgress, signal } = readOptions(RUN_OPTIONS, options, "predictLinearResponse");
  requireSameAtoms(model.reference, t, "linear response");
  if (t.timestep === undefined)
    throw new DataError({
      where: "trajectory",
      problem: "no time step",
      advice: "give the time between frames in fs as timestep",
    });
  const expand = expander(model);
  const size = model.value.length;
  const frames = frameCount(t);
  const values = new Float64Array(frames * size);
  let volume = 0;
  let paused = performance.now();
  for (let f = 0; f < frames; f++) {
    const s = frameStructure(t, f);
    values.set(expand(s), f * size);
    if (s.cell) volume += cellVolume(s.cell) / frames;
    if (f < frames - 1 && performance.now() - paused < 50) continue;
    onProgress?.({ label: "linear response", done: f + 1, total: frames, unit: "frames" });
    throwIfAborted(signal, "predicting");
    await breathe();
    paused = performance.now();
  }
  return createSeries({
    quantity: model.quantity,
    shape: model.shape,
    values,
    timestep: t.timestep,
    origin: "LRM",
    ...(t.cells && { volume }),
  });
}

/** Models are immutable: what depends on them alone is prepared once. */
const prepared = new WeakMap<LinearResponse, (s: Structure) => Float64Array>();

function expander(model: LinearResponse): (s: Structure) => Float64Array {
  const known = prepared.get(model) ?? prepare(model);
  prepared.set(model, known);
  return known;
}

/** The expansion with everything prepared that does not depend on the structure. */
function prepare(model: LinearResponse): (s: Structure) => Float64Array {
  const { reference, value, derivatives, frame, internal } = model;
  const masses = atomicMasses(reference.species);
  switch (frame.kind) {
    case "periodic": {
      const reduce = imageReducer(reference.cell, reference.periodic);
      return (s) =>
        sum(value, derivatives, internalDisplacements(reference, inReferenceCell(reference, s), masses, reduce));
    }
    case "eckart": {
      const align = labelledAligner(reference, masses);
      return (s) => {
        const { rotation, displacements } = align(s);
        return rotateTensor(rotation, sum(value, derivatives, displacements));
      };
    }
    case "internal": {
      if (!internal)
        throw new DataError({ where: "linear response", problem: "the model has no internal coordinates" });
      const align = labelledAligner(reference, masses);
      return (s) => {
        const { rotation, positions } = align(s);
        const now = internalValues(internal.coordinates, positions);
        const change = internalDifference(internal.coordinates, internal.values, now);
        return rotateTensor(rotation, sum(value, internal.derivatives, change));
      };
    }
  }
}

/** T + Σ_k D_k q_k. */
function sum(value: Float64Array, derivatives: Float64Array, change: Float64Array): Float64Array {
  const out = Float64Array.from(value);
  for (let k = 0; k < change.length; k++)
    for (let p = 0; p < out.length; p++) out[p]! += change[k]! * derivatives[k * out.length + p]!;
  return out;
}

/** The structure carried homogeneously into the reference cell, in which displacements are measured. */
function inReferenceCell(reference: Structure, s: Structure): Structure {
  const [a, b] = [reference.cell!, s.cell];
  if (!b)
    throw new DataError({ where: "linear response", problem: "the structure has no cell, the reference has one" });
  if (a.every((x, p) => x === b[p])) return s;
  for (let d = 0; d < 3; d++) {
    const row = a.subarray(3 * d, 3 * d + 3);
    const apart = Math.hypot(...row.map((x, c) => x - b[3 * d + c]!)) / Math.hypot(...row);
    if (!(apart < CELL_TOLERANCE))
      throw new DataError({
        where: "linear response",
        problem: `cell vector ${"abc"[d]} differs by ${(100 * apart).toFixed(0)} % from the reference's`,
        advice: "use displaced structures of the same cell",
      });
  }
  return { ...s, positions: timesMatrix(s.positions, timesMatrix(inverse3(b), a)), cell: a };
}
