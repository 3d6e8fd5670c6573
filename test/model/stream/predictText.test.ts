import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extxyzText } from "../../../src/io/extxyzWrite.js";
import { openFrames } from "../../../src/io/frameText.js";
import { streamFrames } from "../../../src/io/load.js";
import { random } from "../../../src/math/random.js";
import { type PredictToFileOptions, predictInto, predictToFile } from "../../../src/model/stream/predictToFile.js";
import {
  fitPolarizability,
  type PolarizabilityModel,
} from "../../../src/model/target/polarizability/polarizability.js";
import type { Frame } from "../../../src/structure/frame.js";
import { type Warning, warningText } from "../../../src/warnings.js";
import { toyOxideFrames } from "../../support/toyPolarization.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-text-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

let model: PolarizabilityModel;
let text: string;
/** Frames of some hundred characters; a block has so many. */
let perBlock: number;
beforeAll(async () => {
  const labelled = toyOxideFrames(8, 5).map(({ structure }, k) => ({
    structure,
    dielectric: Float64Array.of(2 + 0.01 * k, 0, 0.1, 0, 2, 0, 0.1, 0, 2.1),
  }));
  model = await fitPolarizability(labelled, {
    descriptor: { cutoff: 3, nMax: 2, lMax: 1 },
    ridge: { kind: "fixed", value: 1e-4 },
  });
  const { structure } = labelled[0]!;
  perBlock = Math.floor(1024 / structure.species.length);
  const r = random(3);
  const frames: Frame[] = Array.from({ length: 3 * perBlock + 40 }, (_, f) => ({
    structure: { ...structure, positions: structure.positions.map((x) => x + 0.02 * r.next()) },
    time: 2 * f,
  }));
  text = [...extxyzText(frames)].join("");
});

function* chunks(source: string, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(source);
  for (let k = 0; k < bytes.length; k += size) yield bytes.subarray(k, k + size);
}

/** What comes of a file: its bytes or the error, and the warnings. */
async function outcome(
  source: string,
  reading: "frames" | "text",
  options: PredictToFileOptions = {},
  size = 5000,
): Promise<{ readonly warnings: readonly string[]; readonly bytes: string; readonly error: string }> {
  const warnings: string[] = [];
  const load = { name: "run.extxyz", onWarning: (warning: Warning) => warnings.push(warningText(warning)) };
  const predict = { name: "run.extxyz", workers: 0, ...options };
  const out = at("out.extxyz");
  rmSync(out, { force: true });
  for (const left of [".spectensor-part", ".spectensor-journal"]) rmSync(out + left, { force: true });
  let [bytes, error] = ["", ""];
  try {
    if (reading === "frames") await predictToFile(model, streamFrames(chunks(source, size), load), out, predict);
    else await predictInto(model, await openFrames(chunks(source, size), load), out, predict);
    bytes = readFileSync(out, "utf8");
  } catch (cause) {
    error = `${(cause as Error).name}: ${(cause as Error).message}`;
  }
  return { warnings, bytes, error };
}

describe("predictions of a text", () => {
  it("are those of its frames, whatever the pieces it arrives in, for any part of it and any number of workers", async () => {
    const whole = await outcome(text, "frames");
    expect(whole.error).toBe("");
    for (const size of [97, 5000, 1 << 20]) expect(await outcome(text, "text", {}, size)).toEqual(whole);
    for (const workers of [1, 2, 3]) expect(await outcome(text, "text", { workers })).toEqual(whole);
    const from = perBlock + 7;
    for (const part of [
      { from },
      { to: perBlock },
      { from: 3, to: 2 * perBlock + 5 },
      { stride: 3 },
      { from, stride: 50 },
    ])
      expect(await outcome(text, "text", part)).toEqual(await outcome(text, "frames", part));
  }, 60_000);

  it("of damaged files end in the same error and warnings", async () => {
    const lines = text.split("\n");
    const r = random(5);
    const pick = () => Math.floor(r.next() * (lines.length - 1));
    const damages: ((copy: string[]) => void)[] = [
      (copy) => copy.splice(pick(), 1),
      (copy) => copy.splice(pick(), 0, ""),
      (copy) => copy.splice(pick(), 3),
      (copy) => copy.splice(pick()),
      (copy) => {
        const k = pick();
        copy[k] = copy[k]!.replace(/\d/, "x");
      },
      (copy) => {
        const k = pick();
        copy[k] = copy[k]!.slice(0, copy[k]!.length / 2);
      },
      (copy) => {
        const k = pick();
        copy[k] = copy[k]!.replace(/(\d)\./, "$19999999.");
      },
      (copy) => {
        const k = pick();
        copy[k] = copy[k]!.replace(/^\w+/, "Xe");
      },
    ];
    for (let k = 0; k < 48; k++) {
      const copy = [...lines];
      damages[k % damages.length]!(copy);
      const damaged = copy.join("\n");
      expect(await outcome(damaged, "text"), `case ${k}`).toEqual(await outcome(damaged, "frames"));
    }
    for (const odd of ["", "\n\n", "9\n", `${text}9`, `${text}\n \n`, text.trimEnd(), `1000000000${text.slice(1)}`])
      expect(await outcome(odd, "text"), odd.slice(0, 20)).toEqual(await outcome(odd, "frames"));
    const timestep = 3;
    expect(await outcome(text, "text", { timestep })).toEqual(await outcome(text, "frames", { timestep }));
  }, 60_000);
});
