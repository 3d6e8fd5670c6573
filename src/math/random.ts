import { OptionError } from "../errors.js";

/** A seeded stream of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), all 53 bits random. */
  next(): number;
  /** Standard normal (mean 0, variance 1). */
  normal(): number;
  /** Uniform integer in 0 … n − 1. */
  integer(n: number): number;
  /** A shuffled copy. */
  shuffle<T>(array: ArrayLike<T>): T[];
  /** `k` distinct indices out of 0 … n − 1, in random order; memory grows with k, not n. */
  sample(n: number, k: number): number[];
  /** A rotation matrix uniform over SO(3), 9 numbers row-major, determinant +1. */
  rotation(): Float64Array;
  /** Four 32-bit words that `restoreRandom` continues from; plain data for restart files. */
  readonly state: RandomState;
}

export type RandomState = readonly [number, number, number, number];

/**
 * A stream of random numbers: xoshiro128** (Blackman and Vigna, ACM Trans. Math. Softw. 47, 36 (2021); period 2¹²⁸ − 1),
 * its state filled from the seed by SplitMix64.
 * @param seed an integer from 0 to 2⁵³ − 1; neighboring seeds give unrelated streams
 * @throws OptionError for another seed
 * @example
 * statistics.random(1).sample(1000, 24).length // 24
 */
export function random(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OptionError({ where: "random", problem: `seed ${seed} is not an integer from 0 to 2^53 − 1` });
  }
  let z = BigInt(seed);
  const words: number[] = [];
  for (let i = 0; i < 2; i++) {
    z = BigInt.asUintN(64, z + 0x9e3779b97f4a7c15n);
    let x = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    x = BigInt.asUintN(64, (x ^ (x >> 27n)) * 0x94d049bb133111ebn);
    x ^= x >> 31n;
    words.push(Number(x & 0xffffffffn), Number(x >> 32n));
  }
  return stream(Uint32Array.from(words));
}

/**
 * Continues a stream where {@link Random.state} was taken.
 * @throws OptionError unless `state` is four 32-bit words that are not all zero
 */
export function restoreRandom(state: RandomState): Random {
  const valid = state.length === 4 && state.every((w) => Number.isInteger(w) && w >= 0 && w < 2 ** 32);
  if (!valid || state.every((w) => w === 0)) {
    throw new OptionError({
      where: "restoreRandom",
      problem: `[${state}] is not a random state (four 32-bit integers, not all zero)`,
      advice: "pass the state of a random stream unchanged",
    });
  }
  return stream(Uint32Array.from(state));
}

function stream(s: Uint32Array): Random {
  /** 32 random bits. */
  function word(): number {
    const x = Math.imul(s[1]!, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  function next(): number {
    const high = word() >>> 5;
    return (high * 2 ** 26 + (word() >>> 6)) * 2 ** -53;
  }

  /** Box–Muller; the second number of the pair is dropped so that the state is all there is. */
  function normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  }

  function integer(n: number): number {
    checkCount(n, 1, Number.MAX_SAFE_INTEGER, "integer");
    return Math.floor(next() * n);
  }

  /** The first k steps of a Fisher–Yates shuffle; only displaced indices are kept. */
  function sample(n: number, k: number): number[] {
    checkCount(n, 0, Number.MAX_SAFE_INTEGER, "sample");
    checkCount(k, 0, n, "sample");
    const displaced = new Map<number, number>();
    const result: number[] = [];
    for (let i = 0; i < k; i++) {
      const j = i + integer(n - i);
      result.push(displaced.get(j) ?? j);
      displaced.set(j, displaced.get(i) ?? i);
    }
    return result;
  }

  /** A unit quaternion uniform on the 3-sphere (four normals, normalized) as a matrix. */
  function rotation(): Float64Array {
    let [w, x, y, z] = [normal(), normal(), normal(), normal()];
    const length = Math.hypot(w, x, y, z);
    [w, x, y, z] = [w / length, x / length, y / length, z / length];
    return Float64Array.of(
      1 - 2 * (y * y + z * z),
      2 * (x * y - w * z),
      2 * (x * z + w * y),
      2 * (x * y + w * z),
      1 - 2 * (x * x + z * z),
      2 * (y * z - w * x),
      2 * (x * z - w * y),
      2 * (y * z + w * x),
      1 - 2 * (x * x + y * y),
    );
  }

  return {
    next,
    normal,
    integer,
    shuffle: (array) => sample(array.length, array.length).map((i) => array[i]!),
    sample,
    rotation,
    get state(): RandomState {
      return [s[0]!, s[1]!, s[2]!, s[3]!];
    },
  };
}

function checkCount(value: number, least: number, most: number, where: string): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new OptionError({
      where: `random.${where}`,
      problem: `expected an integer from ${least} to ${most}, found ${value}`,
    });
  }
}
