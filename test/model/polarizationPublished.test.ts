import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadOutcar } from "../../src/io/outcar.js";
import { evaluatePolarization } from "../../src/model/target/polarization/evaluate.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import type { Frame } from "../../src/structure/frame.js";

/** Other groups' files; they stand beside the repository or these tests are skipped. */
const folder = fileURLToPath(new URL("../../../shared/data/published/outcar-variants/", import.meta.url));
const present = existsSync(folder);
if (!present) console.log(`polarizationPublished.test.ts skipped: no published files at ${folder}`);

describe.skipIf(!present)("Born charges of zirconia from OUTCAR files", () => {
  it("fit clearly better in the order that the reader gives than transposed, which is noticed", async () => {
    const frames: Frame[] = [];
    for (const name of ["zro2-vasp6.1.OUTCAR.gz", "zro2-vasp6.60.OUTCAR.gz"])
      frames.push(...(await loadOutcar(folder + name)).map(({ polarization: _, ...frame }) => frame));
    const transposed = frames.map((f) => ({
      ...f,
      bornCharges: f.bornCharges!.map(
        (_, p) => f.bornCharges![9 * Math.floor(p / 9) + 3 * (p % 3) + Math.floor((p % 9) / 3)]!,
      ),
    }));
    const options = { descriptor: { nMax: 4, lMax: 2 }, ridge: { kind: "fixed", value: 1e-6 } } as const;
    const [right, wrong] = [await fitPolarization(frames, options), await fitPolarization(transposed, options)];
    const rmse = async (model: typeof right, list: readonly Frame[]): Promise<number> =>
      (await evaluatePolarization(model, list)).bornCharges!.rmse;
    expect(right.training.warnings).toEqual([]);
    expect(wrong.training.warnings.join()).toContain("displacement-field");
    expect(await rmse(wrong, transposed)).toBeGreaterThan(1.25 * (await rmse(right, frames)));
    // Fitted species charges come out near the oxidation numbers.
    const [o, zr] = right.constants as unknown as [number, number];
    expect(zr).toBeGreaterThan(3);
    expect(o).toBeCloseTo(-zr / 2, 9);
  });
});
