export type TestItem =
  /** Writes sin(seed + x) to its place. */
  | { readonly kind: "wave"; readonly x: number }
  | { readonly kind: "wait"; readonly ms: number }
  /** Never ends and never listens. */
  | { readonly kind: "spin" }
  | { readonly kind: "throw"; readonly name: string; readonly message: string }
  /** Ends its thread (or, without threads, the process). */
  | { readonly kind: "exit" };

export function prepare(shared: {
  readonly out: Float64Array;
  readonly seed: number;
}): (item: TestItem, index: number) => Promise<number>;
