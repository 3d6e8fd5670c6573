/**
 * Loads the WebAssembly kernels that build.mjs compiles. Loading is synchronous, because a notebook kernel `require`s the
 * package and cannot wait.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DataError, SpectensorError } from "../errors.js";

/** The part of the WebAssembly interface that is used here; the ES library of TypeScript lacks it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): readonly { readonly name: string; readonly kind: string }[];
  }
  class Memory {
    constructor(limits: { readonly initial: number; readonly maximum: number; readonly shared: true });
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Record<string, unknown>;
  }
  function validate(bytes: Uint8Array): boolean;
}

/** A growing memory: that of a WebAssembly instance, or of kernels in plain TypeScript. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
  /** Adds pages of 64 KiB; `buffer` is another object afterwards. Throws if they cannot be had. */
  grow(pages: number): void;
}

/** One instance of a kernel module with a memory of its own. Drop the last reference to it to free the memory. */
export interface KernelInstance<T> {
  /** The functions that the kernel exports. Pointers are byte offsets into the arena. */
  readonly exports: T;
  readonly arena: Arena;
  /** What another thread needs to work in the same memory; only of kernels that were built for that. */
  readonly shared?: SharedKernel;
}

/** A kernel and its memory, as they are handed to another thread. */
export interface SharedKernel {
  readonly module: unknown;
  readonly memory: unknown;
}

const pageBytes = 65536;
const alignment = 16;
/** Pages of 4 GiB, the most that 32-bit pointers reach; taken as needed. */
const most = 65536;
const modules = new Map<string, WebAssembly.Module>();

/**
 * A new instance of the kernel `<name>.wasm`, with its own memory; the compiled code is shared. Kernels do not allocate:
 * they work in what callers reserve in the arena.
 * @returns `undefined` where the machine has no WebAssembly SIMD; callers then use their TypeScript route
 * @throws SpectensorError if the kernel has not been built
 */
export function loadKernels<T extends object>(name: string): KernelInstance<T> | undefined {
  if (!hasSimd()) return undefined;
  let module = modules.get(name);
  if (!module) {
    const path = fileURLToPath(new URL(`./${name}.wasm`, import.meta.url));
    if (!existsSync(path)) {
      throw new SpectensorError({
        where: path,
        problem: `the WebAssembly kernel "${name}" is missing`,
        advice: "build it with: npm run build",
      });
    }
    module = new WebAssembly.Module(readFileSync(path));
    modules.set(name, module);
  }
  if (!WebAssembly.Module.imports(module).some(({ kind }) => kind === "memory")) {
    const { exports } = new WebAssembly.Instance(module, {});
    return { exports: exports as T, arena: new Arena(exports.memory as KernelMemory) };
  }
  const memory = new WebAssembly.Memory({ initial: 1, maximum: most, shared: true });
  const shared = { module, memory };
  return { exports: exportsOf<T>(shared), arena: new Arena(memory as unknown as KernelMemory), shared };
}

/** The functions of a kernel on a memory that other threads use, too. */
export function exportsOf<T extends object>({ module, memory }: SharedKernel): T {
  return new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory } }).exports as T;
}

/**
 * Reserves stretches of a kernel's memory in the order of a stack: what was reserved after a {@link mark} is given back
 * by {@link release}. The memory grows as needed and is used again, but never shrinks (WebAssembly cannot).
 * Everything below the first free byte belongs to the compiler's constants.
 */
export class Arena {
  readonly #memory: KernelMemory;
  #top: number;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.#top = memory.buffer.byteLength;
  }

  /** Bytes of memory held, free or not. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The present top of the stack, for {@link release}. */
  mark(): number {
    return this.#top;
  }

  /** Gives back everything reserved since `mark`. */
  release(mark: number): void {
    this.#top = mark;
  }

  /**
   * Reserves `bytes` bytes, aligned to 16; their content is undefined. May move the memory, so take views afterwards.
   * @returns pointer (byte offset)
   * @throws DataError if the 4 GiB of 32-bit WebAssembly do not suffice
   */
  reserve(bytes: number): number {
    const pointer = this.#top;
    const top = pointer + Math.ceil(bytes / alignment) * alignment;
    const pages = Math.ceil((top - this.bytes) / pageBytes);
    if (pages > 0) {
      try {
        this.#memory.grow(pages);
      } catch (cause) {
        throw new DataError({
          problem: `${Math.ceil(top / 2 ** 20)} MiB of kernel memory are needed, which cannot be had (limit 4096 MiB)`,
          advice: "use fewer columns, features or atoms at a time",
          cause,
        });
      }
    }
    this.#top = top;
    return pointer;
  }

  /** Reserves `length` doubles. */
  reserveDoubles(length: number): number {
    return this.reserve(8 * length);
  }

  /** View of `length` doubles at `pointer`; valid until the next reservation. */
  doubles(pointer: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, pointer, length);
  }

  /** View of `length` 32-bit integers at `pointer`; valid until the next reservation. */
  integers(pointer: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, pointer, length);
  }
}

let simd: boolean | undefined;

/** Whether this machine runs 128-bit SIMD: validates the smallest module that uses it (i8x16.splat, i8x16.popcnt). */
function hasSimd(): boolean {
  simd ??= WebAssembly.validate(
    // biome-ignore format: one row per section: header, types, functions, code
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0,
      1, 5, 1, 96, 0, 1, 123,
      3, 2, 1, 0,
      10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
    ]),
  );
  return simd;
}
