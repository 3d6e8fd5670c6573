/** Tables that are dear to compute and depend on a key alone: made once per process, shared with the threads that start later. */
import { toSharedDoubles } from "./sharedDoubles.js";

const tables = new Map<string, readonly Float64Array[]>();
const REMEMBERED = 16;

/**
 * The arrays of a key, in shared memory; nobody may write to them.
 * @param make what the key stands for, the same numbers each time
 */
export function processTable(key: string, make: () => readonly Float64Array[]): readonly Float64Array[] {
  const found = tables.get(key) ?? make().map(toSharedDoubles);
  // The least recently used one goes first.
  tables.delete(key);
  tables.set(key, found);
  if (tables.size > REMEMBERED) tables.delete(tables.keys().next().value!);
  return found;
}

/** All tables of this process, to be given to a thread. */
export function knownTables(): ReadonlyMap<string, readonly Float64Array[]> {
  return tables;
}

/** Takes over the tables of the thread that started this one. */
export function takeTables(known: ReadonlyMap<string, readonly Float64Array[]>): void {
  for (const [key, arrays] of known) tables.set(key, arrays);
}
