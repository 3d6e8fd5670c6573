import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/errors.js";
import { shownAtoms, shownBonds } from "../../src/figure/structureImages.js";
import { projector } from "../../src/figure/structureProjection.js";
import { renderStructureSvg } from "../../src/figure/structureSvg.js";
import { structureView } from "../../src/figure/structureView.js";
import { determinant3 } from "../../src/math/matrix3.js";
import { random } from "../../src/math/random.js";
import { createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";

const water = createStructure({
  species: ["O", "H", "H"],
  positions: [
    [0, 0, 0.119],
    [0, 0.763, -0.477],
    [0, -0.763, -0.477],
  ],
});
const salt = createStructure({
  species: ["Na", "Cl"],
  positions: [
    [0, 0, 0],
    [2.82, 2.82, 2.82],
  ],
  cell: [
    [0, 2.82, 2.82],
    [2.82, 0, 2.82],
    [2.82, 2.82, 0],
  ],
});

/** R diag(values) Rᵀ, with the columns of R as eigenvectors, plus an antisymmetric part. */
function tensor(rotation: ArrayLike<number>, values: readonly number[], twist = 0): number[] {
  const at = (a: number, b: number): number =>
    [0, 1, 2].reduce((sum, k) => sum + rotation[3 * a + k]! * values[k]! * rotation[3 * b + k]!, 0);
  const t = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => at(a, b)));
  t[1]! += twist;
  t[3]! -= twist;
  return t;
}

describe("which atoms and bonds are shown", () => {
  it("of a molecule: each atom once, bonds within 1.2 times the covalent radii", () => {
    const view = structureView(water);
    expect(view.balls).toHaveLength(3);
    expect(view.bonds.map((b) => b.ends)).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect(view.edges).toEqual([]);
  });

  it("of a crystal: the atoms on the eight corners are one atom, bonds leave the picture half way", () => {
    const shown = shownAtoms(salt, "boundary");
    expect(shown.filter((a) => a.atom === 0)).toHaveLength(8);
    expect(shown.filter((a) => a.atom === 1)).toHaveLength(1);
    const bonds = shownBonds(salt, shown);
    // Rock salt: six neighbors at a/2. In the rhombohedral cell six of the eight corners are neighbors of the atom in the middle.
    expect(bonds.filter((b) => b.ends.length === 2)).toHaveLength(6);
    expect(bonds.filter((b) => b.ends.length === 1)).toHaveLength(8 * 6 - 6);
    for (const { from, to, ends } of bonds)
      expect(Math.hypot(...from.map((x, d) => to[d]! - x))).toBeCloseTo(ends.length === 2 ? 2.82 : 1.41, 10);
    expect(shownAtoms(salt, "none").map((a) => a.position)).toEqual([
      [0, 0, 0],
      [2.82, 2.82, 2.82],
    ]);
    expect(structureView(salt).edges).toHaveLength(12);
    expect(structureView(salt, { cell: "hidden" }).edges).toEqual([]);
  });

  it("does not depend on which image of an atom is given, and bonds metals only among themselves", () => {
    const moved = {
      ...salt,
      positions: salt.positions.map((x, i) => (i < 3 ? x + salt.cell![i]! - salt.cell![6 + i]! : x)),
    };
    const places = (s: typeof salt) =>
      shownAtoms(s, "boundary").map((a) => a.position.map((x) => Math.round(1e6 * x) || 0).join());
    expect(places(moved).sort()).toEqual(places(salt).sort());
    const near = {
      species: ["Al", "Al"],
      positions: [
        [0, 0, 0],
        [0, 0, 2.8],
      ],
    };
    expect(structureView(createStructure(near)).bonds).toHaveLength(1);
    const withNitrogen = { species: [...near.species, "N"], positions: [...near.positions, [0, 0, 9]] };
    expect(structureView(createStructure(withNitrogen)).bonds).toHaveLength(0);
  });
});

describe("ellipsoids", () => {
  it("have the eigenvectors of the symmetric part as axes, the absolute eigenvalues as lengths", () => {
    const r = random(3);
    for (let trial = 0; trial < 20; trial++) {
      const rotation = r.rotation();
      const values = [-1.5 + 0.2 * r.next(), 0.4 + 0.2 * r.next(), 2 + r.next()];
      const z = Float64Array.from([...tensor(rotation, values, r.normal()), ...new Array(18).fill(0)]);
      const [e] = structureView(water, { bornCharges: z, ellipsoidSize: 0.8 }).ellipsoids;
      for (let k = 0; k < 3; k++) {
        expect(e!.values[k]).toBeCloseTo(values[k]!, 10);
        const length = (0.8 * Math.abs(values[k]!)) / values[2]!;
        expect(Math.hypot(...e!.axes[k]!)).toBeCloseTo(length, 10);
        const along = e!.axes[k]!.reduce((sum, x, a) => sum + x * rotation[3 * a + k]!, 0);
        expect(Math.abs(along)).toBeCloseTo(length, 10);
      }
    }
  });

  it("are spheres for an isotropic charge, coloured by its sign", () => {
    const charge = (q: number) => [q, 0, 0, 0, q, 0, 0, 0, q];
    const view = structureView(water, { bornCharges: Float64Array.from([-2, 1, 1].flatMap(charge)) });
    expect(view.ellipsoids.map((e) => e.axes.map((a) => Math.hypot(...a).toFixed(6)))).toEqual(
      [0.9, 0.45, 0.45].map((l) => [l, l, l].map((x) => x.toFixed(6))),
    );
    const svg = renderStructureSvg(view);
    const [o, h] = [...svg.matchAll(/<ellipse rx="([\d.]+)" ry="([\d.]+)"[^>]* fill="(#\w+)"/g)].map((m) => m.slice(1));
    expect(Math.abs(Number(o![0]) - Number(o![1]))).toBeLessThan(0.11); // written with one decimal
    expect(o![2]).not.toBe(h![2]);
    expect(view.description).toContain("eigenvalues from −2.00 to 1.00 e");
  });

  it("are outlined by the projection of the body: no point of it lies outside, some on it", () => {
    const r = random(5);
    const z = Float64Array.from([...tensor(r.rotation(), [0.3, -0.9, 1.4]), ...new Array(18).fill(0)]);
    const view = structureView(water, { bornCharges: z, size: { width: 4000, height: 4000 } });
    const turn = projector(view);
    const svg = renderStructureSvg(view);
    const outlines = [...svg.matchAll(/<ellipse rx="([\d.]+)" ry="([\d.]+)" transform="[^"]*rotate\(([-\d.]+)\)"/g)];
    const [rx, ry, angle] = outlines.map((m) => m.slice(1).map(Number)).sort((a, b) => b[0]! - a[0]!)[0]!;
    const axes = view.ellipsoids[0]!.axes.map(turn);
    let largest = 0;
    for (let k = 0; k < 20000; k++) {
      const s = [r.normal(), r.normal(), r.normal()];
      const n = Math.hypot(...s);
      const at = (d: number) => 95 * axes.reduce((sum, a, i) => sum + (a[d]! * s[i]!) / n, 0);
      const [x, y, t] = [at(0), -at(1), (angle! * Math.PI) / 180];
      const inside =
        ((x * Math.cos(t) + y * Math.sin(t)) / rx!) ** 2 + ((y * Math.cos(t) - x * Math.sin(t)) / ry!) ** 2;
      largest = Math.max(largest, inside);
    }
    // Radii are written with one decimal of some 30 to 90 pixels, angles with one of a degree.
    expect(largest).toBeGreaterThan(0.985);
    expect(largest).toBeLessThan(1.015);
  });
});

describe("arrows", () => {
  it("point along the displacements in proportion, the longest as long as asked", () => {
    const displacements = Float64Array.from([0, 0, 0.1, 0, 0.2, 0, 0, 0, 0]);
    const { arrows, description } = structureView(water, { displacements, arrowSize: 2 });
    const vectors = arrows.map(({ from, to }) => to.map((x, d) => x - from[d]!));
    expect(vectors).toHaveLength(2);
    expectClose(vectors.flat(), [0, 0, 1, 0, 2, 0], { absolute: 1e-12 });
    expect(description).toContain("Arrows: displacements of O 0, H 1.");
  });
});

describe("orientation", () => {
  it("is a right-handed frame: c of a crystal upwards, the longest side of a molecule across", () => {
    for (const s of [salt, water]) {
      const { orientation: r } = structureView(s);
      const products = [0, 3, 6].flatMap((a) =>
        [0, 3, 6].map((b) => [0, 1, 2].reduce((sum, d) => sum + r[a + d]! * r[b + d]!, 0)),
      );
      expectClose(products, [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-12 });
      expect(determinant3(r)).toBeCloseTo(1, 12);
    }
    const [right, up] = projector(structureView(salt))([2.82, 2.82, 0]);
    expect(up).toBeGreaterThan(0.95 * 2.82 * Math.SQRT2);
    expect(Math.abs(right)).toBeLessThan(1e-9);
    const turn = projector(structureView(water));
    expect(Math.abs(turn([0, 1, 0])[0])).toBeGreaterThan(0.9);
  });

  it("follows the view asked for", () => {
    const view = structureView(water, { view: { from: [0, 0, 2], up: [0, 3, 1] } });
    expect([...view.orientation]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(() => structureView(water, { view: { from: [0, 0, 2], up: [0, 0, 1] } })).toThrow(DataError);
  });
});

describe("the picture", () => {
  const rich = structureView(salt, {
    bornCharges: Float64Array.from([
      ...tensor(random(1).rotation(), [1, 1.1, 1.2]),
      ...tensor(random(2).rotation(), [-1, -1, 0.2]),
    ]),
    displacements: Float64Array.from([0.1, 0, 0, 0, -0.1, 0.05]),
    labels: ["<Na> & 'co'", '"Cl"'],
    note: "a < b & c",
  });

  it("is well-formed, says what it shows, and escapes labels and notes", () => {
    const svg = renderStructureSvg(rich);
    const { document } = new JSDOM(svg, { contentType: "image/svg+xml" }).window;
    expect(document.documentElement.tagName).toBe("svg");
    expect(document.querySelector("title")!.textContent).toBe(rich.description);
    const texts = [...document.querySelectorAll("text")].map((t) => t.textContent);
    expect(texts).toEqual(expect.arrayContaining(["<Na> & 'co'", '"Cl"', "a < b & c", "Na", "Cl", "a", "b", "c"]));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toBe(renderStructureSvg(rich));
  });

  it("keeps everything within its size and recolours for dark pages", () => {
    const svg = renderStructureSvg(rich);
    for (const [, x, y] of svg.matchAll(/ c?x[12]?="([-\d.]+)" c?y[12]?="([-\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(rich.width);
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(rich.height);
    }
    const dark = renderStructureSvg(rich, { theme: "dark" });
    expect(dark).not.toBe(svg);
    expect(dark).not.toContain("#ffffff");
    expect(dark.replace(/#[0-9a-f]{6}/g, "")).toBe(svg.replace(/#[0-9a-f]{6}/g, ""));
  });

  it("draws the nearer of two balls over the farther one", () => {
    const pair = createStructure({
      species: ["C", "O"],
      positions: [
        [0, 0, 0],
        [0, 0, 5],
      ],
    });
    const order = (from: readonly [number, number, number]) =>
      [
        ...renderStructureSvg(structureView(pair, { view: { from, up: [0, 1, 0] } })).matchAll(
          /<circle [^>]*url\(#ball(\w+)\)/g,
        ),
      ].map((m) => m[1]);
    expect(order([0, 0, 1])).toEqual(order([0, 0, -1]).reverse());
  });
});

describe("structureView refuses", () => {
  it("what does not fit the atoms, is not finite or not an option", () => {
    expect(() => structureView(water, { bornCharges: new Float64Array(9) })).toThrow(
      /bornCharges: 9 numbers for 3 atoms, expected 9 per atom: 27/,
    );
    expect(() => structureView(water, { displacements: Float64Array.of(0, 0, 0, 0, Number.NaN, 0, 0, 0, 0) })).toThrow(
      /atom 1 is NaN/,
    );
    expect(() => structureView(water, { labels: ["O"] })).toThrow(ShapeError);
    expect(() => structureView(water, { labels: "index" as "none" })).toThrow(OptionError);
    expect(() => structureView(water, { arrowSize: 0 })).toThrow(OptionError);
    expect(() => structureView(water, { label: "numbers" } as object)).toThrow(/did you mean "labels"/);
  });
});
