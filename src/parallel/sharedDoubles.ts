/** Arrays in memory that all threads see. */

/** `length` zeros in shared memory. Threads may write to it at once as long as each keeps to its own elements. */
export function sharedDoubles(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

/** The same numbers in shared memory; arrays that are there already are returned as they are. */
export function toSharedDoubles(values: Float64Array): Float64Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = sharedDoubles(values.length);
  shared.set(values);
  return shared;
}
