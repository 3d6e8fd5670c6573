import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AbortedError, DataError, FileError, OptionError, ShapeError } from "../../../src/errors.js";
import { collectTrajectory } from "../../../src/io/collect.js";
import { writeExtxyz } from "../../../src/io/extxyzWrite.js";
import { readFrames } from "../../../src/io/load.js";
import { random } from "../../../src/math/random.js";
import { saveModel } from "../../../src/model/file/models.js";
import { predictFrames } from "../../../src/model/stream/predictFrames.js";
import { type PredictToFileOptions, predictToFile } from "../../../src/model/stream/predictToFile.js";
import { fitForceField } from "../../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../../src/model/target/forceField/predict.js";
import { fitPolarization, type PolarizationModel } from "../../../src/model/target/polarization/polarization.js";
import { predictPolarization } from "../../../src/model/target/polarization/predictSeries.js";
import { supercell, wrap } from "../../../src/structure/cell.js";
import type { Frame } from "../../../src/structure/frame.js";
import { toyOxideFrames } from "../../support/toyPolarization.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-predict-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const DESCRIPTOR = { cutoff: 3, nMax: 2, lMax: 1 };

let model: PolarizationModel;
let path: Frame[];
/** The same atoms, wrapped into the cell. */
let frames: Frame[];
beforeAll(async () => {
  model = await fitPolarization(toyOxideFrames(4, 5), {
    descriptor: DESCRIPTOR,
    ridge: { kind: "fixed", value: 1e-6 },
  });
  // 96 atoms, ten frames a block; in the end they have moved by a whole cell.
  const s = supercell(toyOxideFrames(1, 6)[0]!.structure, [4, 2, 2]);
  const r = random(3);
  const velocity = s.positions.map((_, p) => [0.6, 0.5, 0.55][p % 3]! + 0.01 * r.next());
  path = Array.from({ length: 36 }, (_, f) => ({
    structure: { ...s, positions: s.positions.map((x, p) => x + f * velocity[p]!) },
    time: 100 + 2 * f,
  }));
  frames = path.map(({ structure, time }) => ({ structure: wrap(structure), time: time! }));
});

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe("predictions of a stream of frames", () => {
  it("are those of the whole trajectory in memory, along the unwrapped path, with positions and times as they were", async () => {
    const found = await all(predictFrames(model, frames, { workers: 0 }));
    const { polarization, bornCharges } = await predictPolarization(model, await collectTrajectory(frames));
    expect(found.map((f) => f.time)).toEqual(frames.map((f) => f.time));
    found.forEach((frame, f) => {
      expect(frame.polarization).toEqual(polarization.values.slice(3 * f, 3 * f + 3));
      expect(frame.bornCharges).toEqual(bornCharges.values.slice(9 * 96 * f, 9 * 96 * (f + 1)));
      expect(frame.structure.positions).toEqual(frames[f]!.structure.positions);
    });
    // The path matters here: wrapped positions alone give another polarization.
    const apart = await all(predictFrames(model, [frames[35]!]));
    expect(apart[0]!.polarization).not.toEqual(found[35]!.polarization);
  });

  it("of pieces are those of the whole, also with a stride", async () => {
    const whole = await all(predictFrames(model, frames, { stride: 3 }));
    const pieces = [];
    for (const [from, to] of [[0, 11], [11, 13], [13, 30], [30, 36]] as const) // biome-ignore format: one line
      pieces.push(...(await all(predictFrames(model, frames, { from, to, stride: 3 }))));
    expect(pieces).toEqual(whole);
    expect(whole.map((f) => f.time)).toEqual(frames.flatMap((f, k) => (k % 3 === 0 ? [f.time] : [])));
  });

  it("of a force field are those of each structure", async () => {
    const energies = toyOxideFrames(5, 8).map((f, k) => ({ structure: f.structure, energy: k }));
    const field = await fitForceField(energies, { descriptor: DESCRIPTOR, uncertainty: { kind: "none" } });
    const few = path.slice(0, 3);
    const found = await all(predictFrames(field, few, { workers: 1 }));
    few.forEach(({ structure }, k) => {
      const { energy, forces, stress } = predictForces(field, structure);
      expect(found[k]).toMatchObject({ energy, forces, stress });
    });
  });

  it("take times from the file, or from the time step by the number in the file, and compare the two", async () => {
    const bare = frames.slice(0, 6).map(({ structure }) => ({ structure }));
    const times = async (f: readonly Frame[], options: object) =>
      (await all(predictFrames(model, f, options))).map((frame) => frame.time);
    expect(await times(bare, {})).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(await times(bare, { timestep: 0.5, stride: 2, from: 1 })).toEqual([1, 2]);
    expect(await times(frames.slice(0, 3), { timestep: 2 })).toEqual([100, 102, 104]);
    await expect(times(frames, { timestep: 1 })).rejects.toThrow(
      /frame 1 is 2 fs after frame 0, expected 1 fs by the time step of 1 fs/,
    );
    const steps = [0, 10, 20, 31].map((step, k) => ({ ...bare[k]!, info: { step } }));
    await expect(times(steps, { timestep: 1 })).rejects.toThrow("frame 3 is 11 steps after frame 2");
  });

  it("are refused where atoms, cell or velocities change, atoms jump, or no frame is left", async () => {
    const [a, b] = [frames[0]!, frames[1]!];
    const of = (list: readonly Frame[], options = {}) =>
      all(predictFrames(model, list, { name: "md.xyz", ...options }));
    const { cell: _, ...molecule } = b.structure;
    const free = { structure: { ...molecule, periodic: [false, false, false] as const } };
    await expect(of([a, free])).rejects.toThrow("md.xyz, frame 1: a cell in some frames only");
    await expect(of([a, { ...b, velocities: a.structure.positions }])).rejects.toThrow(ShapeError);
    const other = { structure: { ...b.structure, species: [...b.structure.species].reverse() } };
    await expect(of([a, other])).rejects.toThrow("atom 0 is O, in the first frame it is Zr");
    await expect(of([a, frames[14]!])).rejects.toThrow(/md.xyz, frame 1: atom \d+ .* so its path is a guess/);
    await expect(of(frames, { from: 36 })).rejects.toThrow(OptionError);
    await expect(of([])).rejects.toThrow("no frame is left of a file without any");
    const coincident = { structure: { ...b.structure, positions: b.structure.positions.slice() } };
    coincident.structure.positions.copyWithin(3, 0, 3);
    for (const workers of [0, 2]) await expect(of([a, coincident], { workers })).rejects.toThrow(/frame 1.*/);
  });

  it("end with an abort, in threads as well", async () => {
    for (const workers of [0, 2]) {
      const controller = new AbortController();
      let count = 0;
      const running = (async () => {
        for await (const _ of predictFrames(model, frames, { workers, signal: controller.signal }))
          if (++count === 12) controller.abort();
      })();
      await expect(running).rejects.toThrow(AbortedError);
    }
  });
});

const content = (name: string): string => {
  const bytes = readFileSync(at(name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
};
const sha = (name: string): string =>
  createHash("sha256")
    .update(readFileSync(at(name)))
    .digest("hex");
const beside = (name: string): string[] => readdirSync(folder).filter((n) => n.includes(name) && n !== name);
const write = (name: string, options: PredictToFileOptions = {}, source: readonly Frame[] = frames) =>
  predictToFile(model, source, at(name), { workers: 0, journalSeconds: 0, ...options });

/** Frames of which the reader gives out so many. */
async function* broken(count: number): AsyncGenerator<Frame, void, void> {
  yield* frames.slice(0, count);
  throw new DataError("the disk is gone");
}

describe("a file of predictions", () => {
  it("has the same bytes for any number of workers, packed or not, and is read back bit by bit", async () => {
    for (const ending of ["xyz", "xyz.gz"]) {
      for (const workers of [0, 1, 2, 3]) await write(`${workers}.${ending}`, { workers });
      for (const workers of [1, 2, 3]) expect(sha(`${workers}.${ending}`)).toBe(sha(`0.${ending}`));
    }
    expect(content("0.xyz.gz")).toBe(content("0.xyz"));
    const read = await readFrames(at("0.xyz.gz"));
    const direct = await all(predictFrames(model, frames));
    expect(read.map((f) => f.polarization)).toEqual(direct.map((f) => f.polarization));
    expect(read.map((f) => f.bornCharges)).toEqual(direct.map((f) => f.bornCharges));
    expect(beside("0.xyz.gz")).toEqual([]);
  });

  it.each(["a.xyz", "a.xyz.gz"])(
    "%s goes on after an error, to the same bytes, and computes nothing twice",
    async (name) => {
      await write(`whole-${name}`);
      for (const count of [5, 17, 33]) {
        writeFileSync(at(name), "earlier");
        const notes: string[] = [];
        await expect(
          predictToFile(model, broken(count), at(name), {
            workers: 0,
            journalSeconds: 0,
            onNote: (n) => notes.push(n),
          }),
        ).rejects.toThrow("the disk is gone");
        const kept = 10 * Math.floor(count / 10);
        expect(readFileSync(at(name), "utf8")).toBe("earlier");
        expect(notes.join()).toBe(
          kept === 0
            ? ""
            : `${kept} frames are kept in ${at(name)}.spectensor-part; the same command goes on from there (to begin anew, remove that file)`,
        );
        if (kept === 0) expect(beside(name).filter((n) => n.startsWith(name))).toEqual([]);
        expect(await write(name)).toEqual({
          frames: 36,
          quantities: ["polarization", "bornCharges"],
          resumedFrames: kept,
        });
        expect(sha(name)).toBe(sha(`whole-${name}`));
        expect(beside(name).filter((n) => n.startsWith(name))).toEqual([]);
        rmSync(at(name));
      }
    },
  );

  const half = async (name: string): Promise<void> => {
    await expect(predictToFile(model, broken(35), at(name), { workers: 0, journalSeconds: 0 })).rejects.toThrow();
  };

  it("is begun anew for other options, another model, and where what is left is not what the journal says", async () => {
    await write("reference.xyz");
    await half("b.xyz");
    expect((await write("b.xyz", { to: 36 })).resumedFrames).toBe(0);
    await half("b.xyz");
    const other = { ...model, weights: model.weights.map((w) => 2 * w) };
    expect((await predictToFile(other, frames, at("b.xyz"), { journalSeconds: 0 })).resumedFrames).toBe(0);
    const spoil: Readonly<Record<string, (part: string, journal: string) => void>> = {
      "a changed byte": (part) => {
        const bytes = readFileSync(part);
        bytes[1000]! ^= 1;
        writeFileSync(part, bytes);
      },
      "a part cut short": (part) => truncateSync(part, statSync(part).size - 1),
      "no part": (part) => rmSync(part),
      "a damaged journal": (_, journal) => writeFileSync(journal, readFileSync(journal).subarray(0, 40)),
      "a part with another name": (part) => linkSync(part, `${part}-too`),
      "a link": (part) => {
        renameSync(part, `${part}-moved`);
        symlinkSync(`${part}-moved`, part);
      },
    };
    for (const [what, change] of Object.entries(spoil)) {
      await half("b.xyz");
      change(at("b.xyz.spectensor-part"), at("b.xyz.spectensor-journal"));
      expect((await write("b.xyz")).resumedFrames, what).toBe(0);
      expect(sha("b.xyz"), what).toBe(sha("reference.xyz"));
    }
    // What a planted link pointed to is as it was.
    expect(statSync(at("b.xyz.spectensor-part-moved")).size).toBeGreaterThan(1000);
  });

  it("drops what came after the last entry of the journal", async () => {
    await half("c.xyz");
    appendFileSync(at("c.xyz.spectensor-part"), "half a fra");
    expect((await write("c.xyz")).resumedFrames).toBe(30);
    expect(sha("c.xyz")).toBe(sha("reference.xyz"));
  });

  it("is not gone on with frames that have changed; others than those that were read may have", async () => {
    const changed = (k: number): Frame[] =>
      frames.map((f, i) => {
        if (i !== k) return f;
        const positions = f.structure.positions.slice();
        positions[0]! += 1e-9;
        return { ...f, structure: { ...f.structure, positions } };
      });
    await half("d.xyz");
    await expect(write("d.xyz", {}, changed(12))).rejects.toThrow(
      /frames: has been changed since its prediction was begun/,
    );
    expect((await write("d.xyz", {}, changed(34))).resumedFrames).toBe(30);
  });

  it("is written by one run at a time", async () => {
    let second: unknown;
    async function* watched(): AsyncGenerator<Frame, void, void> {
      for (const [k, frame] of frames.entries()) {
        if (k === 20) second = await write("e.xyz").catch((error: unknown) => error);
        yield frame;
      }
    }
    await predictToFile(model, watched(), at("e.xyz"), { workers: 0, journalSeconds: 0 });
    expect(second).toBeInstanceOf(FileError);
    expect(String(second)).toContain("is being written by");
    expect(sha("e.xyz")).toBe(sha("reference.xyz"));
  });

  it("is whole after kills at any moment", { timeout: 120_000 }, async () => {
    await saveModel(at("model.json"), model);
    await writeExtxyz(at("source.xyz"), frames);
    await write("reference.xyz.gz");
    const program = fileURLToPath(new URL("./predict.mjs", import.meta.url));
    const started = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, [program, at("model.json"), at("source.xyz"), at("killed.xyz.gz"), "12"], {
        stdio: ["ignore", "ignore", "inherit"],
      });
    const ended = (child: ReturnType<typeof spawn>) => new Promise<number | null>((done) => child.on("close", done));
    const r = random(11);
    let resumed = 0;
    const journal = at("killed.xyz.gz.spectensor-journal");
    const noted = (): string => (existsSync(journal) ? readFileSync(journal, "utf8") : "");
    for (let kill = 0; kill < 3; kill++) {
      const before = noted();
      if (before !== "") resumed++;
      const child = started();
      const end = ended(child);
      // Every run gets on before it is killed, at a random moment.
      while (noted() === before && child.exitCode === null) await new Promise((resume) => setTimeout(resume, 5));
      await new Promise((resume) => setTimeout(resume, 40 * r.next()));
      child.kill("SIGKILL");
      await end;
      if (existsSync(at("killed.xyz.gz"))) break;
    }
    expect(await ended(started())).toBe(0);
    expect(sha("killed.xyz.gz")).toBe(sha("reference.xyz.gz"));
    expect(beside("killed.xyz.gz").filter((n) => n.startsWith("killed"))).toEqual([]);
    expect(resumed).toBeGreaterThan(0);
  });
});
