/**
 * The linear-algebra kernels (src/wasm/assembly/linalg.ts, where each is described) and the memory they work in. Where
 * WebAssembly SIMD is missing the same functions run in plain TypeScript.
 */
import { type KernelInstance, loadKernels } from "../wasm/load.js";
import { type LinalgExports, referenceLinalgKernels } from "./linalgReference.js";
import { sharedCalls } from "./linalgTeam.js";

export type LinalgKernels = KernelInstance<LinalgExports>;

/** Kernels with a memory of their own, for data that stay resident; drop the last reference to free it. */
export function newLinalgKernels(): LinalgKernels {
  const kernels = loadKernels<LinalgExports>("linalg");
  return kernels ? { ...kernels, exports: sharedCalls(kernels) } : referenceLinalgKernels();
}

/** Above this size the memory of the shared instance is dropped after use, since WebAssembly memory cannot shrink. */
const keptBytes = 64 * 2 ** 20;
let shared: LinalgKernels | undefined;

/** Runs `work` on the kernels that all passing calls share; what it reserves is released afterwards. */
export function withLinalgKernels<T>(work: (kernels: LinalgKernels) => T): T {
  shared ??= newLinalgKernels();
  const kernels = shared;
  const mark = kernels.arena.mark();
  try {
    return work(kernels);
  } finally {
    kernels.arena.release(mark);
    if (kernels.arena.bytes > keptBytes) shared = undefined;
  }
}
