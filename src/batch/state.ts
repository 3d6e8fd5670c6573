/** What each shard of a batch is up to, from its files and from what the engine says. */
import type { BatchManifest } from "./manifest.js";
import { failureOf, shardRecordOf } from "./shard.js";

export type ShardState =
  | { readonly kind: "done"; readonly host: string; readonly seconds: number }
  /** Waits in a queue or runs; `detail` is the engine's word. */
  | { readonly kind: "queued" | "running"; readonly detail: string }
  | { readonly kind: "failed"; readonly reason: string }
  /** Was handed to an engine that no longer knows it, and left nothing. */
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "planned" };

/** What an engine knows of a shard that it was given: its state, or that it is gone. */
export type EngineState =
  | { readonly kind: "queued" | "running"; readonly detail: string }
  | { readonly kind: "gone"; readonly detail: string };

/** States of all shards, by their order. Files of the shard count more than the engine's word, except while it runs again. */
export function shardStates(
  folder: string,
  batch: BatchManifest,
  engine: ReadonlyMap<number, EngineState>,
): readonly ShardState[] {
  return batch.shards.map(({ id }): ShardState => {
    const done = shardRecordOf(folder, id);
    if (done) return { kind: "done", host: done.host, seconds: done.seconds };
    const known = engine.get(id);
    if (known && known.kind !== "gone") return known;
    const reason = failureOf(folder, id);
    if (reason !== undefined) return { kind: "failed", reason };
    return known ? { kind: "lost", reason: known.detail } : { kind: "planned" };
  });
}

/** Shards that have to be queued, again or for the first time. */
export function waiting(states: readonly ShardState[]): number[] {
  return states.flatMap((s, id) => (s.kind === "planned" || s.kind === "failed" || s.kind === "lost" ? [id] : []));
}
