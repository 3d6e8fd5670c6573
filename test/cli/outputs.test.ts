import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { MAIN, spectensor, spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const options = '{"cutoff": 3, "nMax": 2, "lMax": 1}';

beforeAll(async () => {
  const { frames } = await loadDataset("h2o");
  await writeExtxyz(at("water.xyz"), frames.slice(0, 40));
  writeFileSync(at("model.json"), "{}");
  writeFileSync(at("options.json"), options);
  linkSync(at("water.xyz"), at("hard.xyz"));
  linkSync(at("water.xyz"), at("hard.csv"));
  symlinkSync("water.xyz", at("soft.xyz"));
  symlinkSync("water.xyz", at("soft.svg"));
});

/** Every command that writes a file of the user's choice, with its output left open. */
const COMMANDS: readonly (readonly [string, (out: string) => string[], ending: string])[] = [
  ["raman", (out) => ["raman", at("water.xyz"), "--out", out], "csv"],
  ["infrared", (out) => ["infrared", at("water.xyz"), "--temperature", "300", `--out=${out}`], "svg"],
  ["predict", (out) => ["predict", at("model.json"), at("water.xyz"), "--out", out], "xyz"],
  ["md", (out) => ["md", at("model.json"), at("water.xyz"), "--ensemble", "nve", "--steps", "1", "--out", out], "xyz"],
  ["select", (out) => ["select", at("model.json"), at("water.xyz"), "--count", "1", "--out", out], "xyz"],
  ["fit", (out) => ["fit", "forcefield", "--train", at("water.xyz"), "--options", options, "--out", out], "xyz"],
];

describe.each(COMMANDS)("%s --out", (_, words, ending) => {
  it("refuses an input under any of its names, before it has read it", async () => {
    const before = readFileSync(at("water.xyz"));
    const names =
      ending === "xyz" ? ["water.xyz", "hard.xyz", "soft.xyz"] : [ending === "csv" ? "hard.csv" : "soft.svg"];
    for (const name of names) {
      const { code, out, err } = await spectensorHere(words(at(name)));
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/OptionError: .*the output is .*input.*nothing was changed; give another name/);
    }
    expect(readFileSync(at("water.xyz"))).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("says before the work that there is no such folder, or that it is a folder", async () => {
    const missing = await spectensorHere(words(join(at("missing"), `x.${ending}`)));
    expect(missing.code).toBe(1);
    expect(missing.err).toMatch(/FileError: .*there is no folder .*missing; make it first: mkdir -p/);
    expect(existsSync(at("missing"))).toBe(false);
    mkdirSync(at(`a.${ending}`), { recursive: true });
    expect((await spectensorHere(words(at(`a.${ending}`)))).err).toMatch(/FileError: .*it is a folder/);
  });
});

it("an options file is an input, too", async () => {
  const words = ["fit", "forcefield", "--train", at("water.xyz"), "--options", at("options.json")];
  const { code, err } = await spectensorHere([...words, "--out", at("options.json")]);
  expect([code, err]).toEqual([2, expect.stringMatching(/the output is an input/)]);
  expect(readFileSync(at("options.json"), "utf8")).toBe(options);
});

it("the files of an ensemble and restart files are outputs, too; devices are none for a trajectory", async () => {
  copyFileSync(at("water.xyz"), at("nve-nvt.xyz"));
  copyFileSync(at("water.xyz"), at("r.xyz.restart.json"));
  const md = ["md", at("model.json")];
  const rest = ["--ensemble", "nve", "--temperature", "300", "--steps", "1", "--out"];
  for (const [start, out, more] of [
    ["nve-nvt.xyz", "nve.xyz", ["--runs", "2", "--restart"]],
    ["r.xyz.restart.json", "r.xyz", []],
  ] as const)
    expect((await spectensorHere([...md, at(start), ...rest, at(out), ...more])).err).toMatch(/the output is an input/);
  expect((await spectensorHere([...md, at("water.xyz"), ...rest, "/dev/null"])).err).toMatch(/device or a pipe/);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

it("refuses a file of the embedded data", async () => {
  const file = new URL("../../data/h2o.csv", import.meta.url).pathname;
  expect((await spectensorHere(["raman", "h2o", "--out", file])).err).toMatch(/among the data of the package/);
  expect(existsSync(file)).toBe(false);
});

it("refuses an ending before the work", async () => {
  writeFileSync(at("broken.dat"), "this is no series");
  const { err } = await spectensorHere(["raman", at("broken.dat"), "--out", at("x.jpeg")]);
  expect(err).toMatch(/neither csv/);
});

it("tells what a killed run has left", async () => {
  const { err: before } = await spectensorHere(["raman", at("water.xyz"), "--out", at("told.csv")]);
  expect(before).toBe("");
  // The number of a process that has ended: a child's.
  const module = new URL("../../dist/system/processTag.js", import.meta.url).href;
  const code = `console.log((await import(${JSON.stringify(module)})).processTag())`;
  const tag = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }).trim();
  writeFileSync(at(`.told.csv.${tag}.0123456789ab.part`), "half");
  const { code: exit, err } = await spectensorHere(["raman", at("water.xyz"), "--out", at("told.csv")]);
  expect([exit, err]).toEqual([0, expect.any(String)]);
  expect(err).toMatch(
    /note: an earlier run was killed while it wrote .*told.csv and left .*0123456789ab.part \(4 bytes\)/,
  );
});

describe.skipIf(process.platform !== "linux")("standard output", () => {
  const shell = (command: string): Promise<{ code: number | null; err: string }> =>
    new Promise((done) => {
      const child = spawn("bash", ["-o", "pipefail", "-c", command], { stdio: ["ignore", "ignore", "pipe"] });
      let err = "";
      child.stderr.on("data", (chunk) => (err += chunk));
      child.on("close", (code) => done({ code, err }));
    });
  const raman = `"${process.execPath}" "${MAIN}" raman h2o`;

  it("on a full disk is an error in one line", async () => {
    const { code, err } = await shell(`${raman} > /dev/full`);
    expect(code).toBe(1);
    expect(err).toMatch(/^FileError: standard output: cannot be written: the disk is full \(ENOSPC\).*\n$/);
  });

  it("that its reader closes is none", async () => {
    expect(await shell(`${raman} | head -1`)).toEqual({ code: 0, err: "" });
    expect(await shell(`${raman} 2>&1 | true`)).toEqual({ code: 0, err: "" });
  });

  it("under a limit on the size of files is an error in one line, and leaves no part", async () => {
    const { code, err } = await shell(`cd "${folder}" && ulimit -f 8 && ${raman} --out limited.csv`);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^FileError: limited.csv: cannot be written: it would be larger than is allowed here \(EFBIG\)/,
    );
    expect(readdirSync(folder).filter((name) => name.includes("limited"))).toEqual([]);
  });
});

it("a trajectory is not cut because a new run has another name for it", async () => {
  // md removes the name and makes a new file: what else is called so keeps its content (see dynamics/trajectoryFile).
  const { openTrajectory } = await import("../../src/dynamics/trajectoryFile.js");
  writeFileSync(at("old.xyz"), "precious");
  linkSync(at("old.xyz"), at("new.xyz"));
  await (await openTrajectory(at("new.xyz"))).close();
  expect(readFileSync(at("old.xyz"), "utf8")).toBe("precious");
});

it("a file that is written over keeps its rights", async () => {
  writeFileSync(at("mine.csv"), "", { mode: 0o600 });
  expect((await spectensor(["raman", "h2o", "--out", at("mine.csv")])).code).toBe(0);
  if (process.platform !== "win32") expect(statSync(at("mine.csv")).mode & 0o777).toBe(0o600);
});
