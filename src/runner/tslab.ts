/** Finding the notebook kernel. It is not a dependency of the library: who runs notebooks installs it beside them. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SpectensorError } from "../errors.js";

/** Where tslab is installed. */
export interface KernelProgram {
  /** What to give Node to start it; its own arguments follow. */
  readonly argv: readonly string[];
  /** package.json of tslab; modules that come with it resolve from here. */
  readonly manifest: string;
}

/** Compiled, because the kernel's process runs JavaScript only, also when this file is run from its source. */
const PRELOAD = new URL("../../dist/runner/kernelPreload.js", import.meta.url).href;

/**
 * Finds tslab as seen from a folder of notebooks, or else from this package's own folder.
 * @param fallback a file to resolve from when `folder` has none; default this file
 * @throws SpectensorError that says how to install it
 */
export function findTslab(folder: string, fallback: string = import.meta.url): KernelProgram {
  for (const from of [join(folder, "notebook.js"), fallback]) {
    try {
      const manifest = createRequire(from).resolve("tslab/package.json");
      const script = join(dirname(manifest), "bin", "tslab");
      if (existsSync(script)) return { argv: ["--import", PRELOAD, script, "kernel"], manifest };
    } catch {
      // not installed here; try the next place
    }
  }
  throw new SpectensorError({
    where: folder,
    problem: "the notebook kernel tslab is not installed",
    advice: "run `npm install tslab@1.0.22` in the folder of your notebooks",
  });
}

/** The part of a ZeroMQ socket that is used here. */
export interface Socket extends AsyncIterable<Buffer[]> {
  connect(address: string): void;
  send(frames: readonly (Buffer | string)[]): Promise<void>;
  close(): void;
}

export interface ZeroMq {
  readonly Dealer: new (options: { linger: number }) => Socket;
  readonly Subscriber: new (options: { linger: number }) => Socket & { subscribe(): void };
}

/**
 * Loads the ZeroMQ binding that comes with tslab.
 * @throws SpectensorError if its native addon does not load
 */
export function loadZeroMq(program: KernelProgram): ZeroMq {
  try {
    return createRequire(program.manifest)("zeromq") as ZeroMq;
  } catch (cause) {
    throw new SpectensorError({
      where: "zeromq",
      problem: `its native addon does not load: ${cause instanceof Error ? cause.message : cause}`,
      advice: "run `npm rebuild zeromq`",
      cause,
    });
  }
}
