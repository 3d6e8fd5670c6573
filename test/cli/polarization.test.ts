import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { createStructure } from "../../src/structure/structure.js";
import { toyOxideFrames } from "../support/toyPolarization.js";
import { type Outcome, spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const [train, test, path, model] = ["train.xyz", "test.xyz", "path.xyz", "model.json"].map((f) => join(folder, f)) as [
  string,
  string,
  string,
  string,
];
const settings =
  '{"cutoff": 3, "nMax": 3, "lMax": 2, "smearing": 0.4, "weights": {"polarization": 0}, "ridge": {"kind": "fixed", "value": 1e-8}}';
const fitting = (...more: string[]): Promise<Outcome> =>
  spectensorHere(["fit", "polarization", "--train", train, "--out", model, ...more]);

beforeAll(async () => {
  await writeExtxyz(train, toyOxideFrames(16, 1));
  await writeExtxyz(test, toyOxideFrames(4, 2));
  const start = toyOxideFrames(1, 3)[0]!.structure;
  const frames = Array.from({ length: 40 }, (_, f) => ({
    time: 2 * f,
    structure: createStructure({
      ...start,
      positions: start.positions.map((x, c) => x + 0.05 * Math.sin(0.6 * f + c)),
    }),
    velocities: start.positions.map((_, c) => 0.05 * 0.3 * Math.cos(0.6 * f + c)),
  }));
  await writeExtxyz(path, frames);
  expect((await fitting("--options", settings)).code).toBe(0);
});

describe("spectensor fit polarization", () => {
  it("prints errors in m|e| and writes a model", async () => {
    const { code, out, err } = await fitting("--test", test, "--options", settings);
    // A line of progress may stand there where the machine is slow.
    expect([code, err]).toEqual([0, expect.not.stringMatching(/warning|Error/)]);
    expect(out).toMatch(
      /Born charges Z\*, RMSE in m\|e\|\nset +frames +RMSE +RMSPE % +without mean diagonal %\ntrain +16 .*\ntest +4 /,
    );
    expect(out).toContain("up to a constant vector");
    expect(JSON.parse(readFileSync(model, "utf8")).kind).toBe("polarization");
  });

  it("prints one JSON object with errors in e", async () => {
    const { out } = await fitting("--test", test, "--options", settings, "--charges", "formal:Zr=4,O=-2", "--json");
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual(["train", "test", "options", "seconds", "peakMemoryMB"]);
    for (const set of ["train", "test"]) {
      expect(Object.keys(report[set])).toEqual(["frames", "bec", "polarization"]);
      const { rmse, rmspe, rmspeWithoutDiagonal, unit } = report[set].bec;
      expect([rmse < 0.2, unit]).toEqual([true, "e"]);
      // Ionic charges explain most of Z*, so that what is left without them is told far less well.
      expect(rmspeWithoutDiagonal).toBeGreaterThan(2 * rmspe);
      expect(report[set].polarization).toMatchObject({ compared: "differences", unit: "e·Å" });
      expect(report[set].polarization.rmse).toBeLessThan(0.2);
    }
    expect(report.options.charges).toEqual({ O: -2, Zr: 4 });
    expect(report.options.descriptor.cutoff).toBe(3);
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.peakMemoryMB).toBeGreaterThan(10);
  });

  it("gives the errors of P up to one constant vector, of molecules also as it is", async () => {
    const shift = [3, -2, 1];
    const molecules = toyOxideFrames(8, 4).map(({ structure: s, bornCharges, polarization }) => ({
      structure: createStructure({ species: s.species, positions: s.positions }),
      bornCharges: bornCharges!,
      polarization: polarization!.map((p, a) => p + shift[a]!),
    }));
    const file = join(folder, "molecules.xyz");
    await writeExtxyz(file, molecules);
    const errors = async (options: string) => {
      const fit = ["fit", "polarization", "--train", file, "--out", join(folder, "m.json"), "--json"];
      return JSON.parse((await spectensorHere([...fit, "--options", options])).out).train.polarization;
    };
    const absolute = await errors(settings);
    const differences = await errors(settings.replace("{", '{"polarization": "differences", '));
    expect([differences.compared, absolute.compared]).toEqual(["differences", "absolute"]);
    expect(absolute.rmse).toBeGreaterThan(1);
    expect(differences.rmse).toBeLessThan(absolute.rmse);
    expect(Object.keys(differences)).toEqual(["rmse", "rmspe", "r", "unit", "compared"]);
  });

  it("warns on standard error about transposed Born charges", async () => {
    const right = JSON.parse((await fitting("--options", settings, "--json")).out);
    const wrong = await fitting("--options", settings, "--bec-order", "displacement-field", "--json");
    expect(wrong.err).toContain("--bec-order");
    expect(JSON.parse(wrong.out).train.bec.rmse).toBeGreaterThan(1.25 * right.train.bec.rmse);
  });

  it("refuses wrong options before reading anything, and leaves no file", async () => {
    const none = join(folder, "none.json");
    for (const [args, message] of [
      [["--options", '{"cutof": 3}'], /did you mean "cutoff"/],
      [["--options", '{"cutoff": 3, "descriptor": {"cutoff": 4}}'], /twice/],
      [["--charges", "formal:Zr"], /--charges/],
    ] as const) {
      const { code, err } = await spectensorHere(["fit", "polarization", "--train", train, "--out", none, ...args]);
      expect(code).toBe(2);
      expect(err).toMatch(message);
    }
    expect(existsSync(none)).toBe(false);
  });
});

describe("spectensor infrared", () => {
  it("gives the absorption of a trajectory from a model, by either route", async () => {
    const base = ["infrared", path, "--model", model, "--temperature", "300", "--json"];
    const [p, current] = [await spectensorHere(base), await spectensorHere([...base, "--route", "current"])];
    expect([p.code, current.code]).toEqual([0, 0]);
    const [a, b] = [JSON.parse(p.out), JSON.parse(current.out)];
    expect([a.source, b.source]).toEqual(["polarization", "current"]);
    expect(a.intensities.absorption.unit).toBe("cm⁻¹");
    const top = (r: { peaks: { position: number; height: number }[] }): number =>
      r.peaks.reduce((x, y) => (y.height > x.height ? y : x)).position;
    // 0.6 rad in 2 fs; one channel is 417 cm⁻¹ wide.
    expect(Math.abs(top(a) - (0.3 * 1e15) / (2 * Math.PI * 2.99792458e10))).toBeLessThan(210);
    expect(Math.abs(top(a) - top(b))).toBeLessThan(210);
  });

  it("gives the cross section of an embedded molecule as CSV, and optics on request", async () => {
    const { code, out } = await spectensorHere(["infrared", "h2o", "--temperature", "300"]);
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toBe("wavenumber_cm-1,crossSection_A^2,x_A^2,y_A^2,z_A^2");
    const optics = ["infrared", path, "--model", model, "--temperature", "300", "--epsilon-infinity", "4"];
    expect((await spectensorHere(optics)).out).toMatch(/^wavenumber_cm-1,epsilonImaginary,epsilonReal,refractiveIndex/);
    const scaled = await spectensorHere(["infrared", "h2o", "--temperature", "300", "--volume", "30"]);
    expect(scaled.out).toContain("absorption");
  });
});

describe("spectensor harmonic", () => {
  it("lists modes with intensities, and writes a spectrum", async () => {
    const { code, out } = await spectensorHere(["harmonic", "h2o", "--json"]);
    expect(code).toBe(0);
    const { modes } = JSON.parse(out);
    expect(modes.length).toBe(9);
    // PBE: bend, symmetric and antisymmetric stretch.
    expect(modes.slice(6).map((m: { wavenumber: number }) => Math.round(m.wavenumber / 10))).toEqual([158, 369, 380]);
    expect(modes[6].infrared).toBeGreaterThan(modes[7].infrared);
    expect(modes[7].raman).toBeGreaterThan(modes[8].raman);
    const raman = await spectensorHere(["harmonic", "h2o", "--spectrum", "raman"]);
    expect(raman.out).toMatch(/^wavenumber_cm-1,unpolarised/);
  });

  it("splits longitudinal from transverse modes of a polar crystal", async () => {
    const highest = async (...more: string[]): Promise<number> =>
      JSON.parse((await spectensorHere(["harmonic", "aln", "--json", ...more])).out).modes.at(-1).wavenumber;
    expect((await highest("--direction", "0,0,1")) - (await highest())).toBeGreaterThan(100);
    const wrong = await spectensorHere(["harmonic", "aln", "--direction", "0,1"]);
    expect([wrong.code, /three numbers/.test(wrong.err)]).toEqual([2, true]);
  });
});
