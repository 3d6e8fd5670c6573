import { OptionError, ShapeError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { checkedBy, doubles, oneOf, positive, text } from "../options/values.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { ballRadius, elementColour } from "./structureColours.js";
import { type Arrow, arrows, type Ellipsoid, ellipsoids } from "./structureGlyphs.js";
import { cellEdges, type Segment, shownAtoms, shownBonds, type Vector } from "./structureImages.js";
import { defaultOrientation, orientation } from "./structureOrientation.js";
import { THEMES } from "./theme.js";

/** How a structure is shown. */
export interface StructureViewOptions {
  /**
   * Born effective charges (or any tensor per atom), [n, 3, 3], e. Each symmetric part (Z + Zᵀ)/2 is drawn as the ellipsoid
   * whose semi-axes are its eigenvectors with the lengths of the absolute eigenvalues: the image of the unit sphere. Its
   * axes are coloured by the sign of their eigenvalue, its surface by that of the trace. The antisymmetric part is not shown.
   */
  readonly bornCharges?: Float64Array;
  /** Length of the longest semi-axis of all ellipsoids, Å, default 0.9. */
  readonly ellipsoidSize?: number;
  /** A vector per atom, [n, 3], in any unit: displacements, forces, a normal mode (`modeDisplacements`). */
  readonly displacements?: Float64Array;
  /** Length of the longest arrow, Å, default 1.2; the others are in proportion. */
  readonly arrowSize?: number;
  /** Default "shown" where there is a cell. */
  readonly cell?: "shown" | "hidden";
  /**
   * Periodic structures: "boundary" brings the atoms into the cell and repeats those on a face on the opposite one
   * (default); "none" shows each atom once, where it is.
   */
  readonly images?: "boundary" | "none";
  /** Texts beside atoms: their symbols, their numbers from 0, or one text per atom. Default "none". */
  readonly labels?: "none" | "symbols" | "numbers" | readonly string[];
  /** From where one looks and what is upwards, Cartesian; default: c upwards, or the longest side of a molecule across. */
  readonly view?: { readonly from: Vector; readonly up: Vector };
  /** A line of text below the picture. */
  readonly note?: string;
  /** Pixels, default 460 × 380. */
  readonly size?: { readonly width: number; readonly height: number };
}

const LABELS: readonly unknown[] = ["none", "symbols", "numbers"];
/** A direction in space, Cartesian. */
const vector = checkedBy<Vector>(
  (v) => Array.isArray(v) && v.length === 3 && v.every(Number.isFinite),
  "three numbers",
);
export const STRUCTURE_VIEW_FIELDS = {
  bornCharges: doubles().optional(),
  ellipsoidSize: positive("Å").default(0.9),
  displacements: doubles().optional(),
  arrowSize: positive("Å").default(1.2),
  cell: oneOf(["shown", "hidden"]).default("shown"),
  images: oneOf(["boundary", "none"]).default("boundary"),
  labels: checkedBy<NonNullable<StructureViewOptions["labels"]>>(
    (v) => (Array.isArray(v) ? v.every((x) => typeof x === "string") : LABELS.includes(v)),
    `${LABELS.join(", ")} or a list of texts`,
  ).default("none"),
  view: record({ from: vector, up: vector }).optional(),
  note: text().optional(),
  size: record({ width: positive("pixels"), height: positive("pixels") }).default({ width: 460, height: 380 }),
} satisfies Fields<StructureViewOptions>;
const OPTIONS = record(STRUCTURE_VIEW_FIELDS);

/** A ball of the picture. */
export interface Ball {
  /** Number of the atom in the structure. */
  readonly atom: number;
  readonly position: Vector;
  /** Å */
  readonly radius: number;
  readonly colour: string;
  readonly label?: string;
}

/** A colour and what it stands for. */
export interface LegendEntry {
  readonly colour: string;
  readonly text: string;
}

/** How the balls of a picture move. */
export interface Motion {
  /** Where each ball is in each frame, from its place in the picture, Cartesian, Å: [balls, 3]. */
  readonly shifts: readonly Float64Array[];
  /** What each frame is, e.g. its time. */
  readonly captions: readonly string[];
  /** Seconds that all frames take. */
  readonly seconds: number;
}

/** A structure as a picture: what is drawn, Cartesian, Å. `show` shows it, `renderStructureSvg` draws it without a browser. */
export interface StructureView {
  readonly kind: "structure";
  readonly balls: readonly Ball[];
  readonly bonds: readonly Segment[];
  /** Edges of the cell; none if it is hidden. */
  readonly edges: readonly (readonly [Vector, Vector])[];
  readonly ellipsoids: readonly Ellipsoid[];
  readonly arrows: readonly Arrow[];
  /** Directions that are named in a corner: a, b, c of a crystal, x, y, z of a molecule; unit vectors. */
  readonly directions: readonly { readonly name: string; readonly along: Vector }[];
  /** Orthonormal rows: right, up, towards the viewer. */
  readonly orientation: Float64Array;
  readonly legend: readonly LegendEntry[];
  readonly note?: string;
  /** How it moves, where a page can play it; the picture is at rest. */
  readonly motion?: Motion;
  readonly width: number;
  readonly height: number;
  /** What is shown, in words, for readers who do not see the picture. */
  readonly description: string;
}

/** Colours of signs and arrows. */
export const GLYPH_COLOURS = {
  positive: THEMES.light.series[0]!,
  negative: THEMES.light.series[1]!,
  arrow: THEMES.light.series[2]!,
} as const;

const MOST_ATOMS = 3000;

/**
 * A structure to look at: balls, bonds, the cell, and if asked for Born charges as ellipsoids or displacements as arrows.
 * Bonded atoms are nearer than 1.2 times the sum of their covalent radii; bonds that leave the picture end half way.
 * @throws ShapeError | DataError if charges, displacements or labels do not fit the atoms or are not finite
 * @throws OptionError for an unknown option, a size that is not positive, or more than 3000 atoms
 * @example
 * const { structure, bornCharges } = (await loadDataset("sio2")).reference!;
 * show(structureView(structure, { bornCharges }))
 */
export function structureView(structure: Structure, options: StructureViewOptions = {}): StructureView {
  const where = "structureView";
  const { ellipsoidSize, arrowSize, images, size, ...read } = readOptions(OPTIONS, options, where);
  checkStructure(structure, where);
  const { width, height } = size;
  const { species, cell } = structure;
  const shown = shownAtoms(structure, images);
  if (shown.length > MOST_ATOMS)
    throw new OptionError({
      where,
      problem: `${shown.length} atoms to draw, at most ${MOST_ATOMS} can be told apart`,
      advice: "show a part of the structure",
    });
  // Within an ellipsoid only the place of the atom is marked.
  const radii = species.map((symbol) => (read.bornCharges ? 0.14 : ballRadius(symbol)));
  const labels = labelsOf(structure, read.labels);
  const tensors = read.bornCharges ? ellipsoids(read.bornCharges, species.length, shown, ellipsoidSize) : [];
  const vectors = read.displacements ? arrows(read.displacements, shown, radii, arrowSize) : [];
  const { view, note } = read;
  return {
    kind: "structure",
    balls: shown.map(({ atom, position }) => ({
      atom,
      position,
      radius: radii[atom]!,
      colour: elementColour(species[atom]!),
      ...(labels[atom] && { label: labels[atom] }),
    })),
    bonds: shownBonds(structure, shown),
    edges: cell && read.cell !== "hidden" ? cellEdges(cell) : [],
    ellipsoids: tensors,
    arrows: vectors,
    directions: directionsOf(cell),
    orientation: view ? orientation(view.from, view.up) : defaultOrientation(structure),
    legend: legendOf(structure, tensors, vectors.length > 0),
    ...(note !== undefined && { note }),
    width,
    height,
    description: describe(structure, tensors, options),
  };
}

function labelsOf(s: Structure, labels: NonNullable<StructureViewOptions["labels"]>): readonly string[] {
  if (labels === "symbols") return s.species;
  if (labels === "numbers") return s.species.map((_, i) => String(i));
  if (labels === "none") return [];
  if (labels.length !== s.species.length)
    throw new ShapeError({ where: "labels", problem: `${labels.length} texts for ${s.species.length} atoms` });
  return labels;
}

function directionsOf(cell: Float64Array | undefined): StructureView["directions"] {
  const rows = cell ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  return [0, 1, 2].map((k) => {
    const [x, y, z] = [rows[3 * k]!, rows[3 * k + 1]!, rows[3 * k + 2]!];
    const length = Math.hypot(x, y, z);
    return { name: (cell ? "abc" : "xyz")[k]!, along: [x / length, y / length, z / length] as const };
  });
}

function legendOf(s: Structure, tensors: readonly Ellipsoid[], moved: boolean): readonly LegendEntry[] {
  const elements = [...new Set(s.species)].map((symbol) => ({ colour: elementColour(symbol), text: symbol }));
  const values = tensors.flatMap((t) => t.values);
  return [
    ...elements,
    ...(values.some((v) => v > 0) ? [{ colour: GLYPH_COLOURS.positive, text: "positive eigenvalue" }] : []),
    ...(values.some((v) => v < 0) ? [{ colour: GLYPH_COLOURS.negative, text: "negative eigenvalue" }] : []),
    ...(moved ? [{ colour: GLYPH_COLOURS.arrow, text: "displacement" }] : []),
  ];
}

function describe(s: Structure, tensors: readonly Ellipsoid[], { displacements, note }: StructureViewOptions): string {
  const symbols = [...new Set(s.species)];
  const formula = symbols.map((x) => `${s.species.filter((y) => y === x).length} ${x}`).join(", ");
  const lengths = s.cell && [0, 3, 6].map((k) => Math.hypot(...s.cell!.subarray(k, k + 3)).toFixed(2)).join(", ");
  const parts = [`Structure with ${formula}${lengths ? ` in a cell with edges of ${lengths} Å` : ""}.`];
  const number = (v: number): string => v.toFixed(2).replace("-", "−");
  if (tensors.length > 0) {
    const values = tensors.flatMap((t) => t.values);
    parts.push(
      `Ellipsoids: symmetric parts of the Born charges, eigenvalues from ${number(Math.min(...values))} to ${number(Math.max(...values))} e.`,
    );
  }
  if (displacements) {
    const moved = s.species.flatMap((symbol, i) =>
      Math.hypot(...displacements.subarray(3 * i, 3 * i + 3)) > 0 ? [`${symbol} ${i}`] : [],
    );
    const which = moved.length > 6 ? `${moved.length} atoms` : moved.join(", ") || "no atom";
    parts.push(`Arrows: displacements of ${moved.length === s.species.length ? "all atoms" : which}.`);
  }
  return [...parts, ...(note ? [note] : [])].join(" ");
}
