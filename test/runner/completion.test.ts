import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { NOTEBOOKS } from "./cells.js";

/** What the kernel asks when Tab is pressed; its compiler is TypeScript 5.0. */
interface Converter {
  convert(declarations: string, source: string): { readonly declOutput?: string; readonly diagnostics: unknown[] };
  complete(declarations: string, source: string, position: number): { readonly candidates: readonly string[] };
  close(): void;
}

const require = createRequire(import.meta.url);
const { createConverter } = require(join(dirname(require.resolve("tslab/package.json")), "dist", "converter.js")) as {
  createConverter(options: { isJS: boolean; isBrowser: boolean; cwd: string }): Converter;
};

const kernel = createConverter({ isJS: false, isBrowser: false, cwd: NOTEBOOKS });
afterAll(() => kernel.close());

const cell = kernel.convert("", 'import { io, raman, structure } from "spectensor";');
const offered = (source: string, position = source.length, declarations = cell.declOutput ?? "") =>
  kernel.complete(declarations, source, position).candidates;

describe("completion in the kernel", () => {
  it("knows what was imported", () => {
    expect(cell.diagnostics).toEqual([]);
    expect(offered("ram")).toContain("raman");
  });

  it("offers the members of a namespace, and nothing else there", () => {
    expect(offered("structure.")).toEqual(expect.arrayContaining(["createStructure", "supercell", "unwrap"]));
    expect(offered("structure.")).not.toContain("loadExtxyz");
    expect(offered("io.loadEx")).toEqual(["loadExtxyz"]);
  });

  it("offers the words of the top tier inside an import", () => {
    const text = 'import { load } from "spectensor"';
    expect(offered(text, text.indexOf(" }"), "")).toEqual(expect.arrayContaining(["loadDataset", "loadTrajectory"]));
    expect(offered(text, text.indexOf(" }"), "")).not.toContain("loadExtxyz");
  });
});
