import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type MdFileOptions, mdToFile } from "../../src/dynamics/mdToFile.js";
import type { Potential } from "../../src/dynamics/potential.js";
import { readRestart } from "../../src/dynamics/restart.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { lennardJones } from "../support/potentials.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-md-"));
const cluster = createStructure({
  species: ["Ar", "Ar", "Ar"],
  positions: [
    [0, 0, 0],
    [3.8, 0, 0],
    [1.9, 3.3, 0],
  ],
});
const lj = lennardJones(0.0104, 3.4);
const options = (name: string): MdFileOptions => ({
  ensemble: { kind: "nvt", temperature: 30 },
  steps: 95,
  saveEvery: 3,
  restartEvery: 20,
  trajectory: join(folder, name),
});

/** As the potential, but ends the run after so many evaluations, as a kill would: nothing is flushed that was not. */
function mortal(potential: Potential, evaluations: number): Potential {
  let left = evaluations;
  return {
    ...potential,
    evaluate: (s) => {
      if (left-- === 0) throw new RangeError("killed");
      return potential.evaluate(s);
    },
  };
}

describe("mdToFile", () => {
  it("writes every recorded frame, readable as extended XYZ, plain or gzipped in members", async () => {
    for (const name of ["a.xyz", "a.xyz.gz"]) {
      const recorded: Float64Array[] = [];
      await mdToFile(cluster, lj, { ...options(name), onFrame: (f) => void recorded.push(f.structure.positions) });
      const frames = await loadExtxyz(join(folder, name));
      expect(frames.map((f) => f.structure.positions)).toEqual(recorded);
      expect(frames.map((f) => f.info!.step)).toEqual(Array.from({ length: 32 }, (_, k) => 3 * k));
      expect(frames[5]!.time).toBe(15);
      expect(frames[5]!.velocities!.length).toBe(9);
      expectClose(frames[5]!.energy!, lj.evaluate(frames[5]!.structure).energy, { relative: 1e-12 });
    }
    expect(gunzipSync(readFileSync(join(folder, "a.xyz.gz")))).toEqual(readFileSync(join(folder, "a.xyz")));
  });

  it("leaves the same frames when killed anywhere and resumed", async () => {
    await mdToFile(cluster, lj, options("whole.xyz.gz"));
    const whole = await loadExtxyz(join(folder, "whole.xyz.gz"));
    const final = readRestart(join(folder, "whole.xyz.gz.restart.json"));
    for (const evaluations of [22, 41, 64, 90]) {
      const run = options(`killed-${evaluations}.xyz.gz`);
      await expect(mdToFile(cluster, mortal(lj, evaluations), run)).rejects.toThrow("killed");
      // what a kill in the middle of a write leaves behind
      writeFileSync(run.trajectory, Buffer.concat([readFileSync(run.trajectory), Buffer.from([0x1f, 0x8b, 8, 0, 1])]));
      await mdToFile(cluster, lj, { ...run, begin: "resume" });
      expect(await loadExtxyz(run.trajectory)).toEqual(whole);
      const { state, trajectory } = readRestart(`${run.trajectory}.restart.json`);
      expect(state).toEqual(final.state);
      expect(trajectory?.bytes).toBe(statSync(run.trajectory).size);
    }
  });

  it("stops at an abort with everything on disk and goes on from there", async () => {
    const controller = new AbortController();
    const run = options("aborted.xyz.gz");
    const part = await mdToFile(cluster, lj, {
      ...run,
      signal: controller.signal,
      onFrame: (f) => {
        if (f.step === 33) controller.abort();
      },
    });
    expect([part.reason, part.state.step]).toEqual(["interrupted", 33]);
    expect((await loadExtxyz(run.trajectory)).length).toBe(12);
    expect((await mdToFile(cluster, lj, { ...run, begin: "resume" })).reason).toBe("finished");
    expect(await loadExtxyz(run.trajectory)).toEqual(await loadExtxyz(join(folder, "whole.xyz.gz")));
  });

  it("keeps the frames before a blow-up", async () => {
    const run = { ...options("blown.xyz.gz"), maxForce: 1e-3 };
    const soft = lennardJones(1e-5, 3.4);
    const wild: MdFileOptions = { ...run, velocities: Float64Array.of(0.05, 0, 0, -0.05, 0, 0, 0, 0, 0) };
    await expect(mdToFile(cluster, soft, wild)).rejects.toThrow(/beyond the limit/);
    expect((await loadExtxyz(run.trajectory)).length).toBeGreaterThan(1);
  });

  it("refuses to go on with another potential, time step, ensemble, seed, mass or spacing of frames", async () => {
    const run = options("changed.xyz");
    await mdToFile(cluster, { ...lj, fingerprint: "a" }, run);
    const resume = (more: object, fingerprint = "a") =>
      mdToFile(cluster, { ...lj, fingerprint }, { ...run, begin: "resume", ...more });
    await expect(resume({}, "b")).rejects.toThrow(/the run had potential "a", now it is "b"/);
    await expect(resume({ timestep: 2 })).rejects.toThrow(/timestep 1, now it is 2/);
    await expect(resume({ ensemble: { kind: "nvt", temperature: 31 } })).rejects.toThrow(/ensemble .*30.*31/);
    await expect(resume({ seed: 2 })).rejects.toThrow(/seed/);
    await expect(resume({ masses: { Ar: 36 } })).rejects.toThrow(/masses/);
    await expect(resume({ fixed: [0] })).rejects.toThrow(/fixed/);
    await expect(resume({ saveEvery: 5 })).rejects.toThrow(/saveEvery 3, now it is 5/);
    expect((await resume({ steps: 120 })).state.step).toBe(120);
  });

  it("says what a resumed run lacks, and begins anew without what an earlier run left", async () => {
    const run = options("other.xyz");
    const resume = (start = cluster) => mdToFile(start, lj, { ...run, begin: "resume" });
    await expect(resume()).rejects.toThrow(/no restart file/);
    await mdToFile(cluster, lj, run);
    await expect(resume({ ...cluster, species: ["Ar", "Ar", "Kr"] })).rejects.toThrow(/of other atoms/);
    writeFileSync(run.trajectory, "3\n");
    await expect(resume()).rejects.toThrow(/has 2 bytes, the restart file belongs to/);
    await expect(mdToFile(cluster, mortal(lj, 3), run)).rejects.toThrow("killed");
    expect(existsSync(`${run.trajectory}.restart.json`)).toBe(false);
  });
});
