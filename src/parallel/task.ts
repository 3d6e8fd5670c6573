/** What parallelMap.ts and its worker threads say to each other. */

/**
 * What a worker module exports under the name `prepare`: called once per thread with the shared data, it returns the
 * function that works on one item. The result of an item must depend on the shared input and the item alone; big results
 * go to the item's own place in shared memory (sharedDoubles.ts), small ones are returned.
 */
export type Prepare<Shared, Item, Result> = (shared: Shared) => (item: Item, index: number) => Result | Promise<Result>;

/** What every thread gets once. */
export interface WorkerSetup {
  /** Of processTables.ts. */
  readonly tables: ReadonlyMap<string, readonly Float64Array[]>;
  /** URL of the module that exports `prepare`. */
  readonly module: string;
  readonly shared: unknown;
}

export interface ItemRequest {
  readonly item: unknown;
  readonly index: number;
}

export type ItemOutcome =
  | { readonly kind: "result"; readonly result: unknown }
  /** An error's parts: as an object it would lose its class on the way. */
  | { readonly kind: "failure"; readonly name: string; readonly message: string; readonly stack: string | undefined };
