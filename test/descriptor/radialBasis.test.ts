import { describe, expect, it } from "vitest";
import { gaussianTypeCoefficients, gaussianTypeExponents, radialFunction } from "../../src/descriptor/radialBasis.js";
import { radialTable, SLOPE_ERROR, VALUE_ERROR, weightedRadialFunction } from "../../src/descriptor/radialTable.js";
import { gaussLegendre } from "../../src/math/quadrature.js";
import { scaledModifiedSphericalBessel, sphericalBessel, sphericalBesselZeros } from "../../src/math/special.js";
import { tableError } from "../../src/math/spline.js";
import { expectClose } from "../support/close.js";
import { jacobian } from "../support/finiteDifference.js";
import { referenceData } from "../support/reference.js";

const settings = { cutoff: 5, nMax: 8, lMax: 6, smearing: 0.5 } as const;
const kinds = ["bessel", "gto", "polynomial"] as const;

interface PolipyReference {
  readonly q_nl_times_Rc: number[][];
  readonly h_nl: { readonly r_bohr: number[]; readonly "values[n][l][r]": number[][][] };
}
const polipy = referenceData<PolipyReference>("polipy_descriptor_lambda1");
interface DscribeReference {
  readonly gto_alphas: number[][];
  readonly gto_betas: number[][][];
}
const dscribe = referenceData<DscribeReference>("dscribe_soap_water");

describe("radialFunction", () => {
  it.each(kinds)("%s: the slope is the derivative of the value", (kind) => {
    const f = radialFunction({ basis: { kind }, ...settings });
    const [values, slopes, unused] = [0, 0, 0].map(() => new Float64Array(56)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (const r of [0.02, 0.7, 2.4, 4.9]) {
      f(r, values, slopes);
      const numeric = jacobian(
        ([x]) => {
          f(x!, values, unused);
          return values;
        },
        [r],
        1e-3,
      );
      expectClose(slopes, numeric, { absolute: 2e-8 });
    }
  });

  it("gto: the closed form equals the smearing integral done numerically", () => {
    const { cutoff, nMax, lMax, smearing } = settings;
    const alpha = gaussianTypeExponents(cutoff, nMax, lMax);
    const beta = gaussianTypeCoefficients(alpha, nMax, lMax);
    const { points, weights } = gaussLegendre(400, 0, 14);
    const f = radialFunction({ basis: { kind: "gto" }, ...settings });
    const values = new Float64Array(56);
    for (const r of [0, 0.4, 1.7, 3.3]) {
      f(r, values, new Float64Array(56));
      for (const [n, l] of [
        [0, 0],
        [3, 1],
        [7, 6],
      ] as const) {
        let sum = 0;
        points.forEach((s, p) => {
          let orbital = 0;
          for (let k = 0; k < nMax; k++)
            orbital += beta[(l * nMax + n) * nMax + k]! * s ** l * Math.exp(-alpha[l * nMax + k]! * s * s);
          const smear =
            scaledModifiedSphericalBessel(l, (r * s) / smearing ** 2) * Math.exp(-((r - s) ** 2) / (2 * smearing ** 2));
          sum += 4 * Math.PI * weights[p]! * s * s * orbital * smear;
        });
        expectClose(values[l * nMax + n]!, sum, { absolute: 1e-8 });
      }
    }
  });

  it("bessel: with a narrow Gaussian h tends to (2πσ²)^(3/2)·R_nl(r), R orthonormal", () => {
    const smearing = 0.02;
    const f = radialFunction({ basis: { kind: "bessel" }, cutoff: 4, nMax: 2, lMax: 2, smearing });
    const values = new Float64Array(6);
    f(1.3, values, new Float64Array(6));
    for (let l = 0; l <= 2; l++)
      sphericalBesselZeros(l, 2).forEach((q, n) => {
        const norm = Math.abs(Math.sqrt(32) * sphericalBessel(l + 1, q));
        // The next order of the expansion in σ is ½σ²·(q/r_c)²·h.
        const limit = ((2 * Math.PI) ** 1.5 * smearing ** 3 * sphericalBessel(l, (q * 1.3) / 4)) / norm;
        expectClose(values[l * 2 + n]!, limit * Math.exp(-0.5 * (smearing * (q / 4)) ** 2), { relative: 1e-6 });
      });
  });

  it.skipIf(!polipy)("bessel: agrees with another code's h_nl to 1e-9", () => {
    const bohr = 1 / 1.889726125;
    const cutoff = 5.5;
    const smearing = 0.5;
    polipy!.q_nl_times_Rc.forEach((row, l) => {
      expectClose(sphericalBesselZeros(l, 6), row, { relative: 1e-12 });
    });
    const f = weightedRadialFunction({
      basis: { kind: "bessel" },
      cutoff,
      nMax: 6,
      lMax: 3,
      smearing,
      cutoffFunction: { kind: "cosine" },
      radialScaling: { kind: "none" },
    });
    const values = new Float64Array(24);
    // Theirs: normalized Gaussian, lengths in bohr, so that R_nl has the unit bohr^(−3/2).
    const factor = (2 * Math.PI * smearing ** 2) ** -1.5 * bohr ** 1.5;
    polipy!.h_nl.r_bohr.forEach((r, i) => {
      f(r * bohr, values, new Float64Array(24));
      for (let n = 0; n < 6; n++)
        for (let l = 0; l < 4; l++)
          expectClose(values[l * 6 + n]! * factor, polipy!.h_nl["values[n][l][r]"][n]![l]![i]!, { absolute: 1e-9 });
    });
  });

  it.skipIf(!dscribe)("gto: exponents and Löwdin coefficients agree with DScribe", () => {
    const alpha = gaussianTypeExponents(5, 4, 3);
    expectClose(alpha, dscribe!.gto_alphas.flat(), { relative: 1e-12 });
    expectClose(gaussianTypeCoefficients(alpha, 4, 3), dscribe!.gto_betas.flat(2), { relative: 1e-9, absolute: 1e-9 });
  });

  it("says so when more Gaussian-type orbitals are asked for than are independent", () => {
    expect(() => radialFunction({ basis: { kind: "gto" }, cutoff: 4, nMax: 20, lMax: 4, smearing: 0.5 })).toThrow(
      /linearly dependent.*reduce nMax/,
    );
  });
});

describe("radialTable", () => {
  it.each([
    ["bessel", { kind: "cosine" }, settings],
    ["gto", { kind: "polynomial" }, settings],
    ["polynomial", { kind: "shiftedCosine", width: 1.5 }, { ...settings, nMax: 5 }],
    ["bessel", { kind: "none" }, { cutoff: 6, nMax: 20, lMax: 10, smearing: 0.3 }],
  ] as const)(
    "%s with cutoff function %o errs less than 1e-9, its derivative less than 1e-7",
    (kind, cutoffFunction, s) => {
      const full = {
        basis: { kind },
        ...s,
        cutoffFunction,
        radialScaling: { kind: "inversePower", scale: 2.5, exponent: 4 },
      } as const;
      const error = tableError(radialTable(full), weightedRadialFunction(full));
      expect(error.value).toBeLessThan(VALUE_ERROR);
      expect(error.slope).toBeLessThan(SLOPE_ERROR);
    },
  );

  it("vanishes at the cutoff with its derivative", () => {
    const t = radialTable({
      basis: { kind: "bessel" },
      ...settings,
      cutoffFunction: { kind: "cosine" },
      radialScaling: { kind: "none" },
    });
    const end = t.intervals * t.channels;
    expectClose(t.values.subarray(end), new Float64Array(56), { absolute: 0 });
    expectClose(t.slopes.subarray(end), new Float64Array(56), { absolute: 0 });
  });
});
