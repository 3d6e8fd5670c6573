import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listDatasets } from "../../src/dataset/registry.js";
import { spectensor, spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const env = { SPECTENSOR_DATA: folder };

describe("spectensor data", () => {
  it("list: every data set, as a table and as one JSON object", async () => {
    const table = await spectensorHere(["data", "list"]);
    const json = await spectensor(["data", "list", "--json"]);
    const ids = listDatasets().map((d) => d.id);
    expect([table.code, json.code]).toEqual([0, 0]);
    expect(JSON.parse(json.out).datasets.map((d: { id: string }) => d.id)).toEqual(ids);
    const lines = table.out.trim().split("\n");
    expect(lines[0]).toMatch(/^id +frames +kB +licence/);
    expect(lines.slice(1).map((l) => l.split(" ")[0])).toEqual(ids);
  });

  it("verify: embedded files are intact, what was not fetched is no damage", async () => {
    const { code, out } = await spectensor(["data", "verify", "--json"], { env });
    const { ok, files } = JSON.parse(out);
    expect([code, ok]).toEqual([0, true]);
    expect(new Set(files.map((f: { state: string }) => f.state))).toEqual(new Set(["ok", "not fetched"]));
  });

  it("verify: a damaged file is named and makes the exit code 1", async () => {
    const published = listDatasets().find((d) => d.id === "sio2-md-raman")!;
    const file = published.files.find((f) => "name" in f && f.name === "alpha.dat")!;
    mkdirSync(join(folder, published.id));
    writeFileSync(join(folder, published.id, "alpha.dat"), "1 2 3\n");
    const { code, out } = await spectensor(["data", "verify", published.id], { env });
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`alpha\\.dat +damaged .*6 bytes, expected ${file.bytes}`));
    expect(out).toMatch(/1 of 2 files are damaged/);
  });

  it("verify: an unknown id is an error with a suggestion", async () => {
    const { code, out, err } = await spectensorHere(["data", "verify", "h20"]);
    expect([code === 0, out]).toEqual([false, ""]);
    expect(err).toMatch(/^DataError: .*h20.*h2o/);
  });
});
