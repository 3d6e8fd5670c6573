/** Runs joined into one file, from positions to spectra: numbers of steps go along, and one message leads to the next. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { saveModel } from "../../src/model/file/models.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { toFractional } from "../../src/structure/cell.js";
import { toyOxideFrames } from "../support/toyPolarization.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const train = toyOxideFrames(12, 1);
const [start] = train;
/** Period of the motion: 20 steps of 5 fs, 333.6 cm⁻¹. */
const [stepsPerPeriod, timestep] = [20, 5];
const wavenumber = 1 / (stepsPerPeriod * timestep * 2.99792458e-5);

beforeAll(async () => {
  const descriptor = { cutoff: 3, nMax: 3, lMax: 1, smearing: 0.4, twoBody: {} };
  const ridge = { kind: "fixed", value: 1e-8 } as const;
  await saveModel(at("model.json"), await fitPolarization(train, { descriptor, ridge, weights: { polarization: 0 } }));
});

/** Extended XYZ of some steps of one motion. @param pairs of each frame's comment */
function motion(steps: readonly number[], pairs: (step: number) => string): string {
  const { species, positions, cell } = start!.structure;
  return steps
    .map((step) => {
      const x = positions.map((v, c) => v + 0.02 * Math.sin((2 * Math.PI * step) / stepsPerPeriod + c));
      const rows = species.map((s, i) => `${s} ${x[3 * i]} ${x[3 * i + 1]} ${x[3 * i + 2]}\n`).join("");
      return `${species.length}\nLattice="${cell!.join(" ")}" Properties=species:S:1:pos:R:3 ${pairs(step)} pbc="T T T"\n${rows}`;
    })
    .join("");
}

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, k) => first + k);

it("predictions keep numbers of steps and names of runs, so that a gap is seen in them, too", async () => {
  writeFileSync(
    at("gap.xyz"),
    motion([...range(0, 200), ...range(207, 407)], (step) => `step=${10 * step} run=a`),
  );
  const { code, err } = await spectensorHere(["predict", at("model.json"), at("gap.xyz"), "--out", at("gap-p.xyz")]);
  expect([code, err]).toEqual([0, expect.stringMatching(/frame 200 is 80 steps after frame 199, expected 10/)]);
  expect(readFileSync(at("gap-p.xyz"), "utf8").split("\n")[1]).toMatch(/ step=0 run="?a"? pbc/);
  const whole = await spectensorHere(["infrared", at("gap-p.xyz"), "--timestep", "5", "--temperature", "300"]);
  expect([whole.code, whole.err]).toEqual([
    1,
    expect.stringMatching(/80 steps after .* as an ensemble with --segments/),
  ]);
});

it("messages lead from an XDATCAR of two runs to the spectrum of both", async () => {
  const { species, cell } = start!.structure;
  const counts = [species.filter((s) => s === "Zr").length, species.filter((s) => s === "O").length];
  const head = `toy\n1\n${[0, 3, 6].map((k) => [...cell!.slice(k, k + 3)].join(" ")).join("\n")}\nZr O\n${counts.join(" ")}\n`;
  const run = (first: number) =>
    range(0, 200)
      .map((k) => {
        const x = start!.structure.positions.map(
          (v, c) => v + 0.02 * Math.sin((2 * Math.PI * (first + k)) / stepsPerPeriod + c),
        );
        const f = toFractional(x, cell!);
        return `Direct configuration=${k + 1}\n${species.map((_, i) => [...f.slice(3 * i, 3 * i + 3)].join(" ")).join("\n")}\n`;
      })
      .join("");
  writeFileSync(at("XDATCAR"), head + run(0) + head + run(195));
  const infrared = (...rest: string[]) =>
    spectensorHere(["infrared", ...rest, "--timestep", "5", "--temperature", "300"]);
  expect((await infrared(at("XDATCAR"), "--model", at("model.json"))).err).toMatch(/ensemble with --segments\n/);
  const told = await infrared(at("XDATCAR"), "--model", at("model.json"), "--segments");
  expect([told.code, told.err]).toEqual([
    2,
    expect.stringMatching(/spectensor predict, which keeps times and numbers of steps/),
  ]);
  expect((await spectensorHere(["predict", at("model.json"), at("XDATCAR"), "--out", at("p.xyz")])).code).toBe(0);
  const { code, out } = await infrared(at("p.xyz"), "--segments", "--out", "json");
  const spectrum = JSON.parse(out);
  expect([code, spectrum.runs, spectrum.frames]).toEqual([0, 2, 200]);
  const highest = spectrum.peaks.reduce((a: { height: number }, b: { height: number }) =>
    b.height > a.height ? b : a,
  );
  // The resolution of 200 steps of 5 fs is 33 cm⁻¹; the top of one line is found to a small part of it.
  expect(Math.abs(highest.position - wavenumber)).toBeLessThan(5);
});
