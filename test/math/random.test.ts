import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import { random, restoreRandom } from "../../src/math/random.js";
import { expectClose } from "../support/close.js";

describe("random", () => {
  test("gives the same numbers for the same seed and others for the next seed", () => {
    const draw = (seed: number): number[] => {
      const r = random(seed);
      return Array.from({ length: 5 }, () => r.next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test("is xoshiro128**: the first words from the state (1, 2, 3, 4)", () => {
    // By hand: rotl(2·5, 7)·9 = 11520; the state becomes (7, 0, 1026, 12288); s1 = 0 gives 0.
    const r = restoreRandom([1, 2, 3, 4]);
    expect(r.next()).toBe(((11520 >>> 5) * 2 ** 26 + 0) * 2 ** -53);
  });

  test("continues from a saved state with every kind of draw", () => {
    const r = random(3);
    r.normal();
    r.sample(10, 3);
    const copy = restoreRandom(JSON.parse(JSON.stringify(r.state)));
    expect([copy.normal(), copy.next(), copy.integer(1000), ...copy.rotation()]).toEqual([
      r.normal(),
      r.next(),
      r.integer(1000),
      ...r.rotation(),
    ]);
  });

  test("is uniform and normal to within five standard errors", () => {
    const r = random(11);
    const n = 200_000;
    let [mean, square, normal, normalSquare, fourth] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const u = r.next();
      mean += u / n;
      square += (u * u) / n;
      const g = r.normal();
      normal += g / n;
      normalSquare += (g * g) / n;
      fourth += g ** 4 / n;
    }
    const error = 5 / Math.sqrt(n);
    expectClose(mean, 1 / 2, { absolute: error * Math.sqrt(1 / 12) });
    expectClose(square, 1 / 3, { absolute: error * Math.sqrt(4 / 45) });
    expectClose(normal, 0, { absolute: error });
    expectClose(normalSquare, 1, { absolute: error * Math.sqrt(2) });
    expectClose(fourth, 3, { absolute: error * Math.sqrt(96) });
  });

  test("draws every integer equally often", () => {
    const r = random(5);
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) counts[r.integer(7)]!++;
    expectClose(counts, new Float64Array(7).fill(10_000), { absolute: 5 * Math.sqrt(10_000) });
  });

  test("samples k distinct indices, and all of them when k = n", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.nat(), (a, b, seed) => {
        const [k, n] = [Math.min(a, b), Math.max(a, b)];
        const indices = random(seed).sample(n, k);
        expect(indices).toHaveLength(k);
        expect(new Set(indices).size).toBe(k);
        expect(indices.every((i) => Number.isInteger(i) && i >= 0 && i < n)).toBe(true);
      }),
      { seed: 1 },
    );
    const array = ["a", "b", "c", "d"];
    const shuffled = random(2).shuffle(array);
    expect([...shuffled].sort()).toEqual(array);
    expect(array).toEqual(["a", "b", "c", "d"]);
    expect(random(1).sample(1e12, 2)).toHaveLength(2);
  });

  test("makes rotations: R Rᵀ = 1, det R = 1, and the mean over SO(3) vanishes", () => {
    const r = random(9);
    const mean = new Float64Array(9);
    const count = 20_000;
    for (let draw = 0; draw < count; draw++) {
      const q = r.rotation();
      for (let i = 0; i < 9; i++) mean[i]! += q[i]! / count;
      if (draw > 50) continue;
      const product = Array.from({ length: 9 }, (_, ij) => {
        const [i, j] = [Math.floor(ij / 3), ij % 3];
        return [0, 1, 2].reduce((s, k) => s + q[3 * i + k]! * q[3 * j + k]!, 0);
      });
      expectClose(product, [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-15 * 4 });
      const [a, b, c, d, e, f, g, h, i] = q as unknown as number[];
      const determinant = a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
      expectClose(determinant, 1, { absolute: 4e-15 });
    }
    // ⟨R_ij²⟩ = 1/3
    expectClose(mean, new Float64Array(9), { absolute: 5 * Math.sqrt(1 / 3 / count) });
  });

  test("rejects seeds, counts and states it cannot use", () => {
    expect(() => random(-1)).toThrow(OptionError);
    expect(() => random(1.5)).toThrow(/seed 1.5/);
    expect(() => random(1).sample(3, 4)).toThrow(OptionError);
    expect(() => random(1).integer(0)).toThrow(OptionError);
    expect(() => restoreRandom([0, 0, 0, 0])).toThrow(OptionError);
    expect(() => restoreRandom([1, 2, 3] as never)).toThrow(OptionError);
  });
});
