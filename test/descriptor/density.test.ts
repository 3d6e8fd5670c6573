import { describe, it } from "vitest";
import { expandDensity } from "../../src/descriptor/density.js";
import { createDescriptor, layoutOf } from "../../src/descriptor/descriptor.js";
import { environments } from "../../src/descriptor/environments.js";
import { gaussLegendre } from "../../src/math/quadrature.js";
import { sphericalBessel, sphericalBesselZeros } from "../../src/math/special.js";
import { createStructure } from "../../src/structure/structure.js";
import { sphericalHarmonics } from "../../src/tensor/sphericalHarmonics.js";
import { expectClose } from "../support/close.js";

describe("expandDensity", () => {
  it("is the projection of the smeared neighbor density, integrated over space, on R_nl·Y_lm", () => {
    const [cutoff, smearing, nMax, lMax] = [3, 0.5, 3, 3];
    const d = createDescriptor({ species: ["H", "O"], cutoff, nMax, lMax, smearing, centralAtom: true });
    const s = createStructure({
      species: ["O", "H", "H"],
      positions: [
        [0, 0, 0],
        [0.8, 0.3, -0.5],
        [-0.9, 1.1, 0.6],
      ],
    });
    const c = expandDensity(layoutOf(d, 0).parts[0]!.expansion, environments(s, ["H", "O"], cutoff), 0);
    const expected = new Float64Array(c.length);
    const radial = gaussLegendre(40, 0, cutoff);
    const polar = gaussLegendre(32);
    const turns = 64;
    const norm = (l: number, q: number) => 1 / Math.abs(Math.sqrt(cutoff ** 3 / 2) * sphericalBessel(l + 1, q));
    const zeros = Array.from({ length: lMax + 1 }, (_, l) => sphericalBesselZeros(l, nMax));
    radial.points.forEach((r, i) => {
      const basis = zeros.map((row, l) => Array.from(row, (q) => norm(l, q) * sphericalBessel(l, (q * r) / cutoff)));
      polar.points.forEach((z, j) => {
        for (let k = 0; k < turns; k++) {
          const [rho, phi] = [Math.sqrt(1 - z * z), (2 * Math.PI * k) / turns];
          const unit = [rho * Math.cos(phi), rho * Math.sin(phi), z];
          const y = sphericalHarmonics(lMax, unit[0]!, unit[1]!, z);
          const volume = radial.weights[i]! * r * r * polar.weights[j]! * ((2 * Math.PI) / turns);
          s.species.forEach((symbol, atom) => {
            const at = [...s.positions.subarray(3 * atom, 3 * atom + 3)];
            const gap = unit.reduce((sum, u, a) => sum + (r * u - at[a]!) ** 2, 0);
            const fade = 0.5 * (1 + Math.cos((Math.PI * Math.hypot(...at)) / cutoff));
            const density = volume * Math.exp(-gap / (2 * smearing ** 2)) * fade;
            const offset = symbol === "H" ? 0 : nMax;
            for (let lm = 0; lm < y.length; lm++)
              basis[Math.floor(Math.sqrt(lm))]!.forEach((value, n) => {
                expected[lm * 2 * nMax + offset + n]! += density * value * y[lm]!;
              });
          });
        }
      });
    });
    expectClose(c, expected, { absolute: 3e-9 });
  });
});
