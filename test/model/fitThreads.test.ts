import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { AbortedError, DataError } from "../../src/errors.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import type { CommonFitOptions } from "../../src/model/train/options.js";
import type { Frame } from "../../src/structure/frame.js";

const descriptor = { cutoff: 3, nMax: 3, lMax: 2 };
let molecules: readonly Frame[];
let quartz: readonly Frame[];
let dimers: readonly Frame[];
beforeAll(async () => {
  molecules = (await loadDataset("h2o")).frames.slice(0, 24);
  quartz = (await loadDataset("sio2")).frames.filter((f) => f.forces).slice(0, 10);
  const { parts } = await loadDataset("water-dimer");
  // Of every kind: Z* alone, P alone, both.
  dimers = [...parts.bec!.slice(0, 8), ...parts.dipoles!.slice(0, 12)];
});

type Fit = (frames: readonly Frame[], options: CommonFitOptions) => Promise<object>;
const fits: Readonly<Record<string, readonly [() => readonly Frame[], Fit]>> = {
  "force field": [() => quartz, (frames, o) => fitForceField(frames, { descriptor, ...o })],
  "force field by QR": [
    () => quartz,
    (frames, o) => fitForceField(frames, { descriptor, solver: "qr", ridge: { kind: "fixed", value: 1e-9 }, ...o }),
  ],
  "force field with ζ = 2": [
    () => quartz,
    (frames, o) => fitForceField(frames, { descriptor, form: { kind: "sparse", references: 20, zeta: 2 }, ...o }),
  ],
  "polarization with a committee": [
    () => dimers,
    (frames, o) => fitPolarization(frames, { descriptor, uncertainty: { kind: "committee", members: 3 }, ...o }),
  ],
  "polarization in differences": [
    () => dimers,
    (frames, o) => fitPolarization(frames, { descriptor, polarization: "differences", ...o }),
  ],
  "polarization with products": [
    () => dimers,
    (frames, o) =>
      fitPolarization(frames, { descriptor, form: { kind: "products", equivariants: 4, scalars: 3 }, ...o }),
  ],
  polarizability: [() => molecules, (frames, o) => fitPolarizability(frames, { descriptor, ...o })],
  "polarizability with ζ = 2": [
    () => molecules,
    (frames, o) => fitPolarizability(frames, { descriptor, form: { kind: "full", zeta: 2 }, ...o }),
  ],
};

describe.each(Object.keys(fits))("a fit on threads: %s", (name) => {
  const [frames, train] = fits[name]!;

  it("has the same bits for any number of workers", async () => {
    const alone = await train(frames(), { workers: 0 });
    for (const workers of [1, 2, 3]) expect(plain(await train(frames(), { workers }))).toEqual(plain(alone));
  });

  it("names the frame that fails, with the class of the error", async () => {
    const broken = frames().map((f, k) => (k < 4 ? f : { ...f, structure: together(f.structure) }));
    for (const workers of [0, 2]) {
      const error = await train(broken, { workers }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DataError);
      if (!/with ζ|products/.test(name)) expect((error as DataError).message).toMatch(/^frame \d+: .*coincide/);
    }
  });

  it("ends its threads when it is aborted", async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    await expect(train(frames(), { workers: 2, signal: controller.signal, onProgress })).rejects.toThrow(AbortedError);
  });
});

/** The first two atoms in one place. */
function together(s: Frame["structure"]): Frame["structure"] {
  const positions = s.positions.slice();
  positions.copyWithin(3, 0, 3);
  return { ...s, positions };
}

/** Everything of a model that is data. */
function plain(model: object): unknown {
  return structuredClone({ ...model, descriptor: undefined });
}
