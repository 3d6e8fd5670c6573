import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = (await import(fileURLToPath(new URL("../../dist/index.js", import.meta.url)))) as Record<string, unknown>;
const isNamespace = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === "[object Module]";
const namespaces = Object.entries(main).filter(([, value]) => isNamespace(value)) as [string, object][];
const words = Object.keys(main).filter((name) => !isNamespace(main[name]));

describe("the public interface", () => {
  it("has about seventy words at the top", () => {
    expect(words.length).toBeLessThanOrEqual(80);
    expect(words).toEqual(expect.arrayContaining(["loadDataset", "linearResponse", "raman", "infrared", "show"]));
  });

  it("has the namespaces for what lies deeper", () => {
    expect(namespaces.map(([name]) => name)).toEqual(
      expect.arrayContaining(["descriptor", "io", "series", "statistics", "structure"]),
    );
    for (const [name, namespace] of namespaces) expect([name, Object.keys(namespace).length > 0]).toEqual([name, true]);
  });

  it("has one place for a name, and no value in two places", () => {
    const all = [...words, ...namespaces.flatMap(([, n]) => Object.keys(n))];
    expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
    const functions = [main, ...namespaces.map(([, n]) => n)].flatMap((n) =>
      Object.values(n).filter((v) => typeof v === "function"),
    );
    expect(new Set(functions).size).toBe(functions.length);
  });

  it("has no word at the top that a notebook uses for a value of its own", () => {
    const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));
    const notebooks = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) =>
      /^(?!.*node_modules).*\.ipynb$/.test(f),
    );
    const sources = notebooks.flatMap((file) => {
      const { cells } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as { cells: { source: string[] }[] };
      return cells.map((cell) => cell.source.join(""));
    });
    const declared = sources.flatMap((source) =>
      [...source.matchAll(/^(?:const|let|var) (?:(\w+)|[[{]([^=]*)[\]}] =)/gm)].flatMap(([, one, several]) =>
        one ? [one] : [...several!.matchAll(/(\w+)\s*(?:,|$)/g)].map(([, name]) => name!),
      ),
    );
    expect(declared).toEqual(expect.arrayContaining(["model", "alpha"]));
    const taken = [
      ...declared,
      "peaks",
      "structure",
      "trajectory",
      "series",
      "convert",
      "wrap",
      "spectrum",
      "model",
      "frames",
      "mean",
      "rmse",
    ];
    expect(words.filter((name) => taken.includes(name))).toEqual([]);
  });

  it("has the same name for a function inside and outside", () => {
    const renamed = namespaces.flatMap(([name, n]) =>
      Object.entries(n).flatMap(([word, v]) => (typeof v === "function" && v.name !== word ? [`${name}.${word}`] : [])),
    );
    expect(renamed).toEqual([]);
    expect(words.filter((w) => typeof main[w] === "function" && (main[w] as { name: string }).name !== w)).toEqual([]);
  });
});
