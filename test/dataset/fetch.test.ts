import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, truncate as truncateFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fetchDataset } from "../../src/dataset/fetch.js";
import { verifyDatasets } from "../../src/dataset/files.js";
import { loadDataset } from "../../src/dataset/load.js";
import type { DatasetEntry, PublishedFile } from "../../src/dataset/registry.js";
import { AbortedError, DataError, FormatError } from "../../src/errors.js";
import { type FileServer, fileServer, serve, sha256, stall, status, truncate } from "./server.js";

const content = Buffer.from(Array.from({ length: 30000 }, (_, i) => `${i} ${i + 1} ${i + 2}\n`).join(""));
const quick = { backoff: 5, stall: 10_000, retries: 4 };
let server: FileServer;
let cacheDir = "";
beforeAll(async () => {
  server = await fileServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "spectensor-cache-"));
  server.files.clear();
  server.files.set("/p.dat", content);
  server.script.length = 0;
  server.ranges.length = 0;
  return () => rm(cacheDir, { recursive: true });
});

const entry = (file: Partial<PublishedFile> = {}): DatasetEntry => ({
  id: "test-set",
  title: "t",
  system: "s",
  quantities: ["polarization"],
  level: "",
  timestep: 2,
  licence: "CC0",
  citation: "c",
  convention: "",
  files: [{ role: "series", name: "p.dat", url: `${server.url}/p.dat`, quantity: "polarization", ...file }],
});
const fetched = () => readFile(join(cacheDir, "test-set", "p.dat"));
const left = () => readdir(join(cacheDir, "test-set")).catch(() => []);

describe("fetchDataset", () => {
  it("fetches, leaves a receipt, and does not fetch again what is in order", async () => {
    const seen: number[] = [];
    const known = entry({ bytes: content.length, sha256: sha256(content) });
    await fetchDataset(known, { ...quick, cacheDir, onProgress: ({ done, total }) => seen.push(done / total!) });
    expect(content.equals(await fetched())).toBe(true);
    expect(seen.at(-1)).toBe(1);
    expect((await left()).sort()).toEqual(["p.dat", "p.dat.fetched.json"]);
    await fetchDataset(known, { ...quick, cacheDir });
    expect(server.ranges.length).toBe(1);
    expect((await loadDataset(known, { cacheDir })).series("polarization").values.length).toBe(90000);
  });

  it("resumes where a broken connection stopped, asking only for the rest", async () => {
    server.script.push(truncate(100000), truncate(50000));
    await fetchDataset(entry({ sha256: sha256(content) }), { ...quick, cacheDir });
    expect(content.equals(await fetched())).toBe(true);
    // What was still in flight when the connection broke may be lost: at most what the server had sent is skipped.
    const [first, ...later] = server.ranges.map((range) => Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0));
    expect(first).toBe(0);
    expect(later.every((from, k) => from <= [100000, 150000][k]!)).toBe(true);
    expect(later.length).toBe(2);
  });

  it("goes on where an abort stopped", async () => {
    const controller = new AbortController();
    server.script.push(stall(200000));
    const onProgress = ({ done }: { done: number }) => done >= 200000 && controller.abort();
    await expect(fetchDataset(entry(), { ...quick, cacheDir, onProgress, signal: controller.signal })).rejects.toThrow(
      AbortedError,
    );
    expect(await left()).not.toContain("p.dat");
    await fetchDataset(entry(), { ...quick, cacheDir });
    expect(server.ranges[1]).toBe("bytes=200000-");
    expect(content.equals(await fetched())).toBe(true);
  });

  it("starts over when the content changed in between", async () => {
    const newer = Buffer.concat([Buffer.from("9 9 9\n"), content]);
    server.script.push(truncate(100000), (request, response) => {
      server.files.set("/p.dat", newer);
      serve(request, response, newer);
    });
    await fetchDataset(entry(), { ...quick, cacheDir });
    expect(newer.equals(await fetched())).toBe(true);
  });

  it("starts over when a server sends another range than asked for, or cannot serve the range", async () => {
    const wrongRange = (_: unknown, response: import("node:http").ServerResponse) => {
      response
        .writeHead(206, { "content-range": `bytes 5-${content.length - 1}/${content.length}` })
        .end(content.subarray(5));
    };
    server.script.push(truncate(100000), wrongRange, truncate(1000), status(416));
    await fetchDataset(entry(), { ...quick, cacheDir });
    expect(content.equals(await fetched())).toBe(true);
  });

  it("retries when nothing comes any more, after server errors, and when told to wait", async () => {
    server.script.push(stall(1000), status(503), status(429, { "retry-after": "0" }), status(500));
    await fetchDataset(entry(), { ...quick, stall: 300, retries: 9, cacheDir });
    expect(content.equals(await fetched())).toBe(true);
    expect(server.ranges.length).toBeGreaterThanOrEqual(5);
  });

  it("gives up after the last retry, keeping what has come", async () => {
    for (let k = 0; k < 9; k++) server.script.push(k === 0 ? truncate(5000) : status(502));
    await expect(fetchDataset(entry(), { ...quick, cacheDir })).rejects.toThrow(/answered 502.*5 attempts.*kept/);
    expect((await stat(join(cacheDir, "test-set", "p.dat.part"))).size).toBeLessThanOrEqual(5000);
    await fetchDataset(entry(), { ...quick, retries: 9, cacheDir });
    expect(content.equals(await fetched())).toBe(true);
  });

  it("does not retry what will not pass: 404, 403, a web page", async () => {
    const page = (_: unknown, response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>log in</html>");
    };
    await expect(fetchDataset(entry({ url: `${server.url}/gone` }), { ...quick, cacheDir })).rejects.toThrow(
      /answered 404.*has moved/,
    );
    server.script.push(status(403));
    await expect(fetchDataset(entry(), { ...quick, cacheDir })).rejects.toThrow(/answered 403/);
    server.script.push(page);
    await expect(fetchDataset(entry(), { ...quick, cacheDir })).rejects.toThrow(/a web page instead of the file/);
    expect(server.ranges.length).toBe(3);
  });

  it("refuses content of another hash or size, after one more try", async () => {
    await expect(fetchDataset(entry({ sha256: "0".repeat(64) }), { ...quick, cacheDir })).rejects.toThrow(
      /holds another file: the SHA-256/,
    );
    expect(server.ranges).toEqual(["", ""]);
    await expect(
      fetchDataset(entry({ bytes: content.length + 1 }), { ...quick, retries: 1, cacheDir }),
    ).rejects.toThrow(DataError);
    await expect(fetchDataset(entry({ bytes: 100 }), { ...quick, retries: 1, cacheDir })).rejects.toThrow(
      /more than the 100 bytes/,
    );
    expect(await left()).not.toContain("p.dat");
  });

  it("is not fooled by a length that is too large", async () => {
    const lie = (_: unknown, response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "content-length": content.length + 10 });
      response.write(content, () => setTimeout(() => response.destroy(), 50));
    };
    server.script.push(lie);
    await fetchDataset(entry(), { ...quick, cacheDir });
    expect(content.equals(await fetched())).toBe(true);
  });

  it("takes files from a folder, too", async () => {
    const path = join(cacheDir, "elsewhere.dat");
    await writeFile(path, content);
    await fetchDataset(entry({ url: pathToFileURL(path).href }), { cacheDir });
    expect(content.equals(await fetched())).toBe(true);
  });

  it("has nothing to do for embedded or empty sets and says so", async () => {
    await expect(fetchDataset("h2o", { cacheDir })).rejects.toThrow(/part of the package/);
    await expect(fetchDataset({ ...entry(), files: [], note: "see there" }, { cacheDir })).rejects.toThrow(/see there/);
    await expect(fetchDataset("h20", { cacheDir })).rejects.toThrow(/did you mean "h2o"/);
  });
});

describe("fetched files", () => {
  it("are found damaged by the hash they had when they came", async () => {
    const unknown = entry();
    expect((await verifyDatasets({ entries: [unknown], cacheDir }))[0]!.state).toBe("not fetched");
    await expect(loadDataset(unknown, { cacheDir })).rejects.toThrow(/spectensor data fetch test-set/);
    await fetchDataset(unknown, { ...quick, cacheDir });
    expect((await verifyDatasets({ entries: [unknown], cacheDir }))[0]!.state).toBe("ok");
    const path = join(cacheDir, "test-set", "p.dat");
    await truncateFile(path, 100);
    expect((await verifyDatasets({ entries: [unknown], cacheDir }))[0]!.state).toBe("damaged");
    await expect(loadDataset(unknown, { cacheDir })).rejects.toThrow(/100 bytes, expected/);
    await writeFile(path, Buffer.from(content).fill(48, 0, 1));
    const flipped = Buffer.from(content);
    flipped[10] = 57;
    await writeFile(path, flipped);
    await expect(loadDataset(unknown, { cacheDir })).rejects.toThrow(/SHA-256/);
    await fetchDataset(unknown, { ...quick, cacheDir });
    expect(content.equals(await fetched())).toBe(true);
  });
});

describe("fetchDataset of a Zenodo record", () => {
  const md5 = (b: Buffer): string => createHash("md5").update(b).digest("hex");
  const listed = (key: string, b: Buffer, more: object = {}) => ({
    key,
    size: b.length,
    checksum: `md5:${md5(b)}`,
    links: { self: `${server.url}/${key}` },
    ...more,
  });
  const publish = (...files: object[]): DatasetEntry => {
    server.files.set("/record", Buffer.from(JSON.stringify({ id: 1, files })));
    return { ...entry(), files: [], record: `${server.url}/record` };
  };
  const readme = Buffer.from("words\n");

  it("fetches every file that the record lists, and not again what is in order", async () => {
    server.files.set("/README.md", readme);
    const record = publish(listed("p.dat", content), listed("README.md", readme));
    const states = await fetchDataset(record, { ...quick, cacheDir });
    expect(states.map((s) => [s.file, s.state])).toEqual([
      ["p.dat", "ok"],
      ["README.md", "ok"],
    ]);
    expect(content.equals(await fetched())).toBe(true);
    const before = server.ranges.length;
    await fetchDataset(record, { ...quick, cacheDir });
    expect(server.ranges.length).toBe(before + 1); // the list only
  });

  it("removes a file whose MD5 is not that of the record", async () => {
    const record = publish(listed("p.dat", content, { checksum: `md5:${md5(readme)}` }));
    await expect(fetchDataset(record, { ...quick, cacheDir })).rejects.toThrow(
      /MD5 of p.dat is not that of the record/,
    );
    expect(await left()).not.toContain("p.dat");
  });

  it("refuses an answer that is no record, and names that leave the folder", async () => {
    await expect(fetchDataset(publish(listed("../p.dat", content)), { ...quick, cacheDir })).rejects.toThrow(
      FormatError,
    );
    const broken = publish();
    server.files.set("/record", Buffer.from("<html>"));
    await expect(fetchDataset(broken, { ...quick, cacheDir })).rejects.toThrow(/not JSON/);
  });
});
