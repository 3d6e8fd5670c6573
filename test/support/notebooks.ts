import { KERNEL_METADATA } from "../../src/runner/kernelspec.js";
import type { CodeCell, Notebook } from "../../src/runner/nbformat.js";

/** A notebook of code cells, not yet run. */
export function codeNotebook(metadata: Notebook["metadata"], ...sources: readonly string[]): Notebook {
  const cells = sources.map(
    (source, i): CodeCell => ({
      cell_type: "code",
      id: `c${i}`,
      metadata: {},
      source,
      execution_count: null,
      outputs: [],
    }),
  );
  return { nbformat: 4, nbformat_minor: 5, metadata: { ...KERNEL_METADATA, ...metadata }, cells };
}
