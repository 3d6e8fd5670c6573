/** What the chaos runs: every command that writes, on small inputs, with what its output must be. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { finished } from "./processes.mjs";

/**
 * A command that writes.
 * @typedef {object} ChaosCommand
 * @property {string} name
 * @property {string} file name of its output
 * @property {(out: string) => string[]} first words of the command line for an output at this path
 * @property {(out: string) => string[]} [again] how it goes on after a kill
 * @property {(out: string) => string[]} [words] words for a program of its own
 * @property {string} [program] beside this file, in place of the command line
 * @property {boolean} [grows] the output is no whole file before the run has ended
 * @property {boolean} [folder] the output is a folder
 * @property {number} [kills] how many kills, where a run takes long
 * @property {(folder: string) => string | undefined} [content] what of it is compared
 * @property {string[]} [outputs] names of outputs that are compared, where it is not `file`
 */

const SMALL = '{"descriptor": {"cutoff": 3, "nMax": 2, "lMax": 1}}';

/** Files that the commands read. @param {string} folder @returns {Promise<string>} their folder */
export async function makeInputs(folder) {
  const { loadDataset, io } = await import("#built/index.js");
  const { frames } = await loadDataset("h2o");
  /** @param {string} name */
  const at = (name) => join(folder, name);
  await io.writeExtxyz(at("water.xyz"), frames);
  await io.writeExtxyz(
    at("train.xyz"),
    frames.filter((_, k) => k % 25 === 0),
  );
  const train = ["--train", at("train.xyz"), "--options", SMALL, "--out"];
  for (const words of [
    ["fit", "forcefield", ...train, at("ff.json"), "--posterior"],
    ["fit", "polarization", ...train, at("polarization.json")],
  ]) {
    const { code, err } = await finished(words);
    if (code !== 0) throw new TypeError(err);
  }
  // Long enough for several entries of the journal.
  await io.writeExtxyz(
    at("long.xyz"),
    Array.from({ length: 20 }, () => frames.map(({ structure }) => ({ structure }))).flat(),
  );
  mkdirSync(at("notebooks"));
  for (const name of ["one", "two"])
    writeFileSync(at(`notebooks/${name}.ipynb`), JSON.stringify(notebook(`const ${name} = 6 * 7; ${name}`)));
  return folder;
}

/** @param {string} source of its one cell */
function notebook(source) {
  const cell = { cell_type: "code", id: "a", metadata: {}, execution_count: null, outputs: [], source };
  const kernelspec = { display_name: "TypeScript", language: "typescript", name: "tslab" };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] };
}

/** A server that sends a file slowly, a piece every few milliseconds, and resumes. @param {Buffer} bytes */
export async function slowServer(bytes) {
  const server = createServer((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = bytes.subarray(from);
    const range = from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { etag: '"1"', "content-length": rest.length, ...range });
    let sent = 0;
    const timer = setInterval(() => {
      if (sent >= rest.length) {
        clearInterval(timer);
        response.end();
      } else {
        response.write(rest.subarray(sent, sent + 4096));
        sent += 4096;
      }
    }, 10);
    response.on("close", () => clearInterval(timer));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/file.dat`, close: () => server.close() };
}

/**
 * @param {string} inputs folder of the files that they read
 * @param {{ readonly url: string }} server
 * @returns {ChaosCommand[]}
 */
export function commands(inputs, server) {
  /** @param {string} name */
  const at = (name) => join(inputs, name);
  /** @param {string} out @param {string[]} more */
  const md = (out, more) => [
    ...["md", at("ff.json"), at("water.xyz"), "--ensemble", "nvt", "--temperature", "300", "--steps", "400"],
    ...["--restart-every", "40", "--out", out, ...more],
  ];
  /** @param {string} out @param {string[]} more */
  const ensemble = (out, more) => [
    ...["md", at("ff.json"), at("water.xyz"), "--ensemble", "nve", "--temperature", "300", "--steps", "80"],
    ...["--runs", "2", "--equilibration", "80", "--between", "20", "--restart-every", "20", "--out", out, ...more],
  ];
  /** @param {string} name @param {string} file @param {ChaosCommand["first"]} words @returns {ChaosCommand} */
  const whole = (name, file, words) => ({ name, file, first: words });
  return [
    whole("raman", "raman.csv", (out) => ["raman", at("water.xyz"), "--out", out]),
    whole("raman, a figure", "raman.svg", (out) => ["raman", at("water.xyz"), "--out", out]),
    whole("infrared", "infrared.csv.gz", (out) => ["infrared", at("water.xyz"), "--temperature", "300", "--out", out]),
    whole("harmonic", "lines.json", (out) => ["harmonic", "h2o", "--spectrum", "infrared", "--out", out]),
    whole("predict", "predicted.xyz.gz", (out) => ["predict", at("polarization.json"), at("water.xyz"), "--out", out]),
    whole("predict, a long file", "long.xyz", (out) => [
      ...["predict", at("polarization.json"), at("long.xyz"), "--workers", "2", "--out", out],
    ]),
    whole("select", "picks.xyz", (out) => [
      ...["select", at("ff.json"), at("water.xyz"), "--every", "20", "--count", "5", "--out", out],
    ]),
    whole("fit forcefield", "ff.json", (out) => [
      ...["fit", "forcefield", "--train", at("train.xyz"), "--options", SMALL, "--posterior", "--out", out],
    ]),
    whole("fit polarization", "p.json.gz", (out) => [
      ...["fit", "polarization", "--train", at("train.xyz"), "--options", SMALL, "--out", out],
    ]),
    whole("fit polarizability", "alpha.safetensors", (out) => [
      ...["fit", "polarizability", "--method", "direct", "--train", at("train.xyz"), "--frames", "20", "--test", "5"],
      ...["--options", SMALL, "--out", out],
    ]),
    { ...whole("md", "md.xyz", (out) => md(out, [])), grows: true, again: (out) => md(out, ["--restart"]) },
    { ...whole("md, gzipped", "md.xyz.gz", (out) => md(out, [])), grows: true, again: (out) => md(out, ["--restart"]) },
    {
      ...whole("md --runs", "nve.xyz", (out) => ensemble(out, [])),
      grows: true,
      again: (out) => ensemble(out, ["--restart"]),
      outputs: ["nve-nvt.xyz", "nve-01.xyz", "nve-02.xyz"],
    },
    {
      ...whole("batch", "joined.xyz.gz", () => ["batch"]),
      program: "batch.mjs",
      words: (out) => [at("polarization.json"), at("water.xyz"), out],
    },
    {
      ...whole("notebook run", "gallery", (out) => ["notebook", "run", at("notebooks"), "--gallery", out]),
      folder: true,
      grows: true, // notebook by notebook
      kills: 4,
      // Pages hold times and folders of the run.
      content: (folder) => notebookOutputs(join(folder, "gallery")),
    },
    {
      ...whole("data fetch", "file.dat", () => ["fetch"]),
      program: "fetch.mjs",
      words: (out) => [server.url, out],
    },
    { ...whole("new", "project", (out) => ["new", out, "--package", "0.1.0"]), folder: true },
  ];
}

/** What an output holds, in a form that can be compared; `undefined` if it is not there. @param {ChaosCommand} command @param {string} folder */
export function contentOf(command, folder) {
  if (command.content) return command.content(folder);
  const names = command.outputs ?? [command.file];
  const contents = names.map((name) => {
    const path = join(folder, name);
    try {
      if (command.folder)
        return readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((e) => e.isFile())
          .map((e) => `${e.name} ${readFileSync(join(e.parentPath, e.name)).length}`)
          .sort()
          .join("\n");
      const bytes = readFileSync(path);
      return name.endsWith(".gz") ? gunzipSync(bytes).toString("latin1") : bytes.toString("latin1");
    } catch (cause) {
      const error = /** @type {NodeJS.ErrnoException} */ (cause);
      return error.code === "ENOENT" ? undefined : `unreadable: ${error.message}`;
    }
  });
  return contents.every((c) => c === undefined) ? undefined : contents.join("\n--\n");
}

/** What the cells of executed notebooks gave, and whether their pages are whole. @param {string} gallery */
function notebookOutputs(gallery) {
  /** @param {string} name */
  const of = (name) => {
    try {
      return JSON.stringify(JSON.parse(readFileSync(name, "utf8")).cells);
    } catch (error) {
      return `unreadable: ${error}`;
    }
  };
  if (!existsSync(gallery)) return undefined;
  const names = readdirSync(gallery, { recursive: true, encoding: "utf8" }).filter((n) => /\.(ipynb|html)$/.test(n));
  const cut = names.filter((n) => n.endsWith(".html") && !/<\/html>\s*$/.test(readFileSync(join(gallery, n), "utf8")));
  const found = names.filter((n) => n.endsWith(".ipynb")).map((n) => `${n.split("/").at(-1)} ${of(join(gallery, n))}`);
  return [...found.sort(), ...cut.map((name) => `${name} is cut off`)].join("\n");
}

/** Gives a folder an output of an earlier run, whole and of other content. @param {ChaosCommand} command @param {string} folder */
export function earlierOutput(command, folder) {
  if (command.folder || command.grows || command.program) return undefined;
  writeFileSync(join(folder, command.file), "earlier\n");
  const content = "earlier\n";
  return command.file.endsWith(".gz") ? "unreadable: incorrect header check" : content;
}

/** @param {string} folder */
export function clear(folder) {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
