/** Responses carried over from a cell to a larger one of the same crystal. */
import { DataError } from "../../errors.js";
import { determinant3, inverse3, timesMatrix } from "../../math/matrix3.js";
import type { Structure } from "../../structure/structure.js";
import type { LinearResponse } from "../linearResponse/linearResponse.js";
import type { SecondOrderResponse } from "./secondOrder.js";

/** Atoms of the larger cell lie this near to a place of the smaller one's reference, Å. */
const NEAR = 0.1;

/** Which atom of the small cell each atom of the large one is, in which of its copies. */
interface Places {
  readonly atom: Int32Array;
  /** [n, 3], in vectors of the small cell */
  readonly copy: Int32Array;
  readonly copies: number;
  /** The atom of the large cell that is `atom` of the small one, in a copy. */
  at(atom: number, copy: readonly number[]): number;
}

/**
 * The response of a larger cell: every copy of the small cell has its derivatives, per Å of its own atoms' displacements. Of a dielectric tensor each atom's part is
 * divided by the number of copies, a polarizability grows with them. Second order needs `terms: { kind: "pairs" }` to hold for waves longer than the cell.
 * What the small cell cannot tell apart, an atom and its periodic images, stays as it was found there.
 * @param reference equilibrium structure of the larger cell, e.g. `structure.supercell(model.reference, [2, 2, 2])`; atoms in any order
 * @throws DataError if it is not made of whole copies of the model's reference
 */
export function supercellResponse(model: LinearResponse, reference: Structure): LinearResponse;
export function supercellResponse(model: SecondOrderResponse, reference: Structure): SecondOrderResponse;
export function supercellResponse(
  model: LinearResponse | SecondOrderResponse,
  reference: Structure,
): LinearResponse | SecondOrderResponse {
  if (model.kind === "linearResponse") return largerLinear(model, reference, placesOf(model.reference, reference));
  const places = placesOf(model.first.reference, reference);
  const share = model.first.quantity === "dielectric" ? 1 / places.copies : 1;
  const terms = Array.from(places.atom.keys()).flatMap((i) =>
    Array.from(model.from.keys())
      .filter((t) => model.from[t] === places.atom[i])
      .map((t) => {
        const copy = [0, 1, 2].map((c) => places.copy[3 * i + c]! + model.shifts[3 * t + c]!);
        return { from: i, to: places.at(model.to[t]!, copy), tensor: model.tensors.subarray(81 * t, 81 * t + 81) };
      }),
  );
  const tensors = new Float64Array(81 * terms.length);
  terms.forEach(({ tensor }, t) => {
    tensors.set(
      tensor.map((x) => share * x),
      81 * t,
    );
  });
  return {
    ...model,
    first: largerLinear(model.first, reference, places),
    from: Int32Array.from(terms, (t) => t.from),
    to: Int32Array.from(terms, (t) => t.to),
    shifts: new Int32Array(3 * terms.length),
    tensors,
  };
}

function largerLinear(model: LinearResponse, reference: Structure, { atom, copies }: Places): LinearResponse {
  const size = 3 * model.value.length;
  const share = model.quantity === "dielectric" ? 1 / copies : 1;
  const derivatives = new Float64Array(atom.length * size);
  atom.forEach((j, i) => {
    derivatives.set(
      model.derivatives.subarray(j * size, (j + 1) * size).map((x) => share * x),
      i * size,
    );
  });
  const value = model.quantity === "dielectric" ? model.value : model.value.map((x) => copies * x);
  return { ...model, reference, value, derivatives };
}

function placesOf(small: Structure, large: Structure): Places {
  const where = "supercellResponse";
  if (!small.cell || !large.cell) throw new DataError({ where, problem: "a structure without a cell" });
  const multiple = timesMatrix(large.cell, inverse3(small.cell));
  const whole = multiple.map(Math.round);
  const copies = Math.round(Math.abs(determinant3(whole)));
  if (!multiple.every((x, p) => Math.abs(x - whole[p]!) < 0.02) || copies === 0)
    throw new DataError({
      where,
      problem: `the cell is ${Array.from(multiple, (x) => x.toFixed(2)).join(" ")} times that of the model's reference`,
      advice: "give a cell made of whole vectors of the reference's",
    });
  if (large.species.length !== copies * small.species.length)
    throw new DataError({
      where,
      problem: `${large.species.length} atoms, expected ${copies} times ${small.species.length}`,
    });
  const n = large.species.length;
  const atom = new Int32Array(n);
  const copy = new Int32Array(3 * n);
  const known = new Map<string, number>();
  const toLarge = inverse3(whole);
  const key = (j: number, c: ArrayLike<number>): string => {
    // The copy's place in the large cell, in steps of 1/copies, without whole turns.
    const f = timesMatrix(Float64Array.from(c), toLarge);
    return [j, ...Array.from(f, (x) => ((Math.round(x * copies) % copies) + copies) % copies)].join(",");
  };
  const inverse = inverse3(small.cell);
  for (let i = 0; i < n; i++) {
    const found = small.species.findIndex((symbol, j) => {
      if (symbol !== large.species[i]) return false;
      const apart = [0, 1, 2].map((c) => large.positions[3 * i + c]! - small.positions[3 * j + c]!);
      const f = timesMatrix(Float64Array.from(apart), inverse);
      const rest = timesMatrix(
        f.map((x) => x - Math.round(x)),
        small.cell!,
      );
      if (Math.hypot(...rest) > NEAR) return false;
      copy.set(f.map(Math.round), 3 * i);
      return true;
    });
    if (found < 0)
      throw new DataError({
        where,
        problem: `atom ${i} (${large.species[i]}) is not at a place of the model's reference`,
        advice:
          "give the equilibrium structure of the larger cell, e.g. structure.supercell(model.reference, [2, 2, 2])",
      });
    atom[i] = found;
    known.set(key(found, copy.subarray(3 * i, 3 * i + 3)), i);
  }
  if (known.size !== n) throw new DataError({ where, problem: "two atoms at one place" });
  return { atom, copy, copies, at: (j, c) => known.get(key(j, c))! };
}
