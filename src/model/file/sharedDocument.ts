import { toSharedDoubles } from "../../parallel/sharedDoubles.js";
import type { ModelDocument } from "./modelArrays.js";

const known = new WeakMap<object, ModelDocument>();

/**
 * A model's document with its arrays in memory that all threads see: handed to worker threads it costs one copy, however many they are.
 * @param document makes it; called once for each model
 */
export function sharedDocument(model: object, document: () => ModelDocument): ModelDocument {
  const found = known.get(model);
  if (found) return found;
  const { kind, settings, arrays } = document();
  const shared = {
    kind,
    settings,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, { shape, values }]) => [name, { shape, values: toSharedDoubles(values) }]),
    ),
  };
  known.set(model, shared);
  return shared;
}
