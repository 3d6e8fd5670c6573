import { describe, expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { DataError, OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { featureBasis } from "../../src/model/basis/basis.js";
import { linearDocument, readLinear } from "../../src/model/file/linearDocument.js";
import { formatModel, parseModel } from "../../src/model/file/modelFile.js";
import { committeeModels } from "../../src/model/train/linearTarget.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { rotateStructure } from "../support/equivariance.js";
import { toyOxideFrames } from "../support/toyPolarization.js";
import { fitQuadrupole, predictQuadrupole, QUADRUPOLE } from "../support/toyTarget.js";
import { wignerMatrix } from "../support/wigner.js";

const d = createDescriptor({ species: ["O", "Zr"], ...QUADRUPOLE.descriptor });
const basis = featureBasis(d, 2);
const stream = random(5);
const truth = Float64Array.from({ length: basis.kinds.length }, () => stream.normal());
const framed = (structure: Structure): Frame => ({ structure, info: { quadrupole: basis.value(truth, structure) } });
const train = toyOxideFrames(40, 3).map((f) => framed(f.structure));
const test = toyOxideFrames(5, 4).map((f) => f.structure);

describe("a target in one file", () => {
  it("is fitted, in every form, and predicts what it was made of", async () => {
    for (const form of [
      { kind: "full" },
      { kind: "sparse", references: [4, 60] },
      { kind: "products", equivariants: 4, scalars: 2 },
    ] as const) {
      const model = await fitQuadrupole(train, { form });
      const largest = Math.max(...test.flatMap((s) => [...basis.value(truth, s)].map(Math.abs)));
      for (const s of test)
        expectClose(predictQuadrupole(model, s), basis.value(truth, s), { absolute: 0.02 * largest });
      if (form.kind === "sparse") expect(model.training.form).toEqual({ kind: "sparse", references: 60 });
    }
  });

  it("turns with the structure, has a committee and a file, and refuses what it does not know", async () => {
    const model = await fitQuadrupole(train, { uncertainty: { kind: "committee", members: 4 } });
    const r = random(1).rotation();
    const w = wignerMatrix(2, r);
    const plain = predictQuadrupole(model, test[0]!);
    const turned = Float64Array.from({ length: 5 }, (_, m) => plain.reduce((s, v, k) => s + w[5 * m + k]! * v, 0));
    expectClose(predictQuadrupole(model, rotateStructure(test[0]!, r)), turned, { absolute: 1e-9 });
    const members = committeeModels(model).map((m) => predictQuadrupole(m, test[0]!));
    const mean = plain.map((_, k) => members.reduce((s, m) => s + m[k]!, 0) / members.length);
    expectClose(mean, plain, { absolute: 1e-9 });
    const read = readLinear(parseModel(formatModel(linearDocument(model)), "m"), QUADRUPOLE as never, "m");
    expect(predictQuadrupole(read as never, test[0]!)).toEqual(plain);
    await expect(fitQuadrupole(train, { wieghts: {} } as object)).rejects.toThrow(/did you mean "weights"/);
    await expect(fitQuadrupole(train, { weights: { quadrupol: 1 } } as object)).rejects.toThrow(OptionError);
    await expect(fitQuadrupole(test.map((structure) => ({ structure })))).rejects.toThrow(DataError);
  });
});
