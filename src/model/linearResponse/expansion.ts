/** The tensor of a structure by a linear response, with everything prepared that does not depend on the structure. */
import { DataError } from "../../errors.js";
import { inverse3, timesMatrix } from "../../math/matrix3.js";
import { internalDisplacements } from "../../structure/displacement.js";
import { atomicMasses } from "../../structure/elements.js";
import { internalDifference, internalValues } from "../../structure/internalCoordinates.js";
import { labelledAligner } from "../../structure/labelling.js";
import { imageReducer } from "../../structure/minimumImage.js";
import { rotateTensor } from "../../structure/rotateTensor.js";
import type { Structure } from "../../structure/structure.js";
import type { LinearResponse } from "./linearResponse.js";

/** A cell whose vectors differ by more than this fraction is another crystal, not a thermally breathing one. */
const CELL_TOLERANCE = 0.1;

/** Models are immutable: what depends on them alone is prepared once. */
const prepared = new WeakMap<LinearResponse, (s: Structure) => Float64Array>();

/** Structure → tensor, row-major. */
export function expander(model: LinearResponse): (s: Structure) => Float64Array {
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
      const displace = crystalDisplacements(reference);
      return (s) => sum(value, derivatives, displace(s));
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

/** Structure → displacements from a crystal's reference in its cell, centre of mass held, [n, 3], Å. @throws ShapeError | DataError */
export function crystalDisplacements(reference: Structure): (s: Structure) => Float64Array {
  const masses = atomicMasses(reference.species);
  const reduce = imageReducer(reference.cell, reference.periodic);
  return (s) => internalDisplacements(reference, inReferenceCell(reference, s), masses, reduce);
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
