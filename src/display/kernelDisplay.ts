/** What this code can reach of the kernel it runs in. Outside a kernel everything here is absent. */
import { createRequire } from "node:module";

/** Contents of one output by MIME type; JSON types hold objects. */
export type DisplayBundle = Readonly<Record<string, string | object>>;

type Write = (
  content: { data: DisplayBundle; metadata: object; transient: { display_id?: string } },
  update?: boolean,
) => void;

interface TslabPublic {
  readonly versions: { readonly tslab: string; readonly typescript: string };
}

/** The public module of the tslab that runs this code, with its versions; `undefined` outside a kernel. */
export function tslab(): TslabPublic | undefined {
  const kernel = (globalThis as { __tslab__?: { require(name: string): unknown } }).__tslab__;
  return kernel?.require("tslab") as TslabPublic | undefined;
}

/**
 * Shows one output with several MIME types, or replaces the one of the same `id`.
 * tslab's own display functions send one type only, so that this goes through the function behind them.
 * @returns whether there is a kernel to show it
 */
export function displayBundle(data: DisplayBundle, id?: string, update = false): boolean {
  const write = kernelWriter();
  if (!write) return false;
  write({ data, metadata: {}, transient: id === undefined ? {} : { display_id: id } }, update);
  return true;
}

function kernelWriter(): Write | undefined {
  if (!tslab()) return undefined;
  for (const [path, module] of Object.entries(createRequire(import.meta.url).cache)) {
    if (!/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(path)) continue;
    const write = (module?.exports as { lastWriteDisplayData?: Write } | undefined)?.lastWriteDisplayData;
    if (write) return write;
  }
  return undefined;
}
