/** Whether structures are plausible: elements, handedness, atoms on top of each other, lengths in another unit, jumps. */
import { FormatError } from "../errors.js";
import { determinant3 } from "../math/matrix3.js";
import { median } from "../math/statistics.js";
import { faceDistances } from "../structure/cell.js";
import { type ClosePair, closestPairFinder } from "../structure/closestPair.js";
import { CHEMICAL_SYMBOLS, covalentRadius } from "../structure/elements.js";
import { type ImageReducer, imageReducer } from "../structure/minimumImage.js";
import { neighborList } from "../structure/neighbors.js";
import type { Structure } from "../structure/structure.js";

/** Something odd about one frame. */
export interface Finding {
  readonly what: string;
  readonly detail: string;
  /** What is not told any more once it has come often: atoms near each other, or moves of frames that do not follow each other. */
  readonly about?: "near" | "moves";
}

/** What is seen in one frame, given the one before. */
export interface GeometryLook {
  /** Largest step of an atom since the frame before, Å; infinite where there is no such thing. */
  readonly move?: number;
  readonly findings: readonly Finding[];
}

/** No coordinate or cell vector is longer, Å. */
const largestLength = 1e6;
/** Atoms closer than this are on top of each other, Å; no bond is shorter than 0.74 Å by much. */
const tooClose = 0.4;
/** What the search for such atoms looks at, Å; atoms need to move by half the rest before it is repeated. */
const searched = 0.6;
/** Atoms closer than this are one atom written twice, Å. */
const oneAtom = 1e-6;
/** Lengths in bohr or nm that are read as Å scale bonds by 1.89 or 0.1; thermal motion and odd chemistry stay within these. */
const [shortBond, longBond] = [0.6, 1.6];
/** A jump between frames is a fault only beyond this, Å. */
const leastJump = 1;
/** After so many frames that have nothing to do with the one before, or with the same fault, no more is looked for. */
const enough = 64;
const mostExchanged = 8;
const nobleGases = new Set(["He", "Ne", "Ar", "Kr", "Xe", "Rn"]);

/** Looks at structures one by one; what it sees of one depends on it and the one before. */
export function geometryLooker(): {
  /** @throws FormatError for a coordinate that cannot be */
  look(s: Structure, file: string, frame: number): GeometryLook;
  /** Takes a structure that has been looked at as the one before. */
  after(s: Structure): void;
} {
  let before: Structure | undefined;
  let species: readonly string[] | undefined;
  let reduce: ImageReducer | undefined;
  /** An atom whose coordinates went by more than one cell at once, or −1: wrapping at a face moves it by one. */
  let farWrap = -1;
  /** How far atoms may still move before two that were apart can be too close. */
  let allowance = 0;
  const closest = closestPairFinder(searched);
  const step = new Float64Array(3);

  let unrelated = 0;
  let near = 0;
  let checkedCell: Float64Array | undefined;
  let thin = Number.POSITIVE_INFINITY;

  const largestMove = (s: Structure): number => {
    if (unrelated > enough || !before || before.positions.length !== s.positions.length || before.species !== s.species)
      return Number.POSITIVE_INFINITY;
    if (!reduce || before.cell !== s.cell) reduce = imageReducer(s.cell, s.periodic);
    let largest = 0;
    farWrap = -1;
    const edges = s.cell ? (edgeLengths(s.cell) + leastJump) ** 2 : Number.POSITIVE_INFINITY;
    for (let p = 0; p < s.positions.length; p += 3) {
      for (let c = 0; c < 3; c++) step[c] = s.positions[p + c]! - before.positions[p + c]!;
      let square = step[0]! ** 2 + step[1]! ** 2 + step[2]! ** 2;
      if (square > leastJump) {
        if (square > edges) farWrap = p / 3;
        // No image is longer.
        if (square <= largest) continue;
        reduce(step, 0);
        square = step[0]! ** 2 + step[1]! ** 2 + step[2]! ** 2;
      }
      if (square > largest) largest = square;
    }
    return Math.sqrt(largest);
  };

  return {
    after(s) {
      before = s;
      species = s.species;
    },
    look(s, file, frame) {
      refuseHuge(s, file, frame);
      const findings: Finding[] = [];
      if (s.species !== species) findings.push(...unknownSpecies(s.species));
      species = s.species;
      if (!before && s.cell && determinant3(s.cell) < 0)
        findings.push({ what: "the cell is left-handed", detail: "a·(b×c) is negative" });
      const move = largestMove(s);
      if (before) unrelated = isUnrelated(move) ? unrelated + 1 : 0;
      // Frames that do not follow each other (a training set) put atoms anywhere; only where nothing else moved far is it a fault.
      if (before && move <= leastJump && farWrap >= 0 && s.periodic.some(Boolean))
        findings.push({ what: "an atom jumps by several cells", detail: `atom ${farWrap}`, about: "moves" });
      if (before && Number.isFinite(move) && move > leastJump) findings.push(...exchanged(before, s, reduce!));
      allowance -= 2 * move;
      if (s.cell !== checkedCell) thin = thinnest(s);
      checkedCell = s.cell;
      // An atom and its own images: searches would go through them by the thousand.
      if (thin < tooClose)
        findings.push({ what: "the cell is thinner than an atom", detail: `${thin.toPrecision(2)} Å` });
      else if (!(allowance > 0) && near < enough) {
        const pair = closest(s);
        if (pair && pair.distance < tooClose) {
          findings.push(tooNear(s, pair));
          near++;
        }
        allowance = (pair?.distance ?? searched) - tooClose;
      }
      if (!before && thin >= tooClose) findings.push(...implausibleBonds(s));
      const look = before ? { move, findings } : { findings };
      before = s;
      return look;
    },
  };
}

/** Whether a frame has nothing to do with the one before. */
function isUnrelated(move: number): boolean {
  return move > 2 * leastJump;
}

/** Frames that tell how far atoms usually move; what comes later is compared with them at once, so that memory does not grow. */
const usual = 100_000;

/** Gathers what is seen of frames in their order: what is to be told of single ones comes at once, of the sequence at the end. */
export function geometryTally(): {
  add(look: GeometryLook): readonly Finding[];
  finish(): string[];
} {
  const moved: number[] = [];
  let limit = Number.POSITIVE_INFINITY;
  /** Moves so far, and those beyond the limit. */
  let [moves, jumps] = [0, 0];
  let first = { at: 0, move: 0 };
  let unrelated = 0;
  let near = 0;
  const compare = (move: number, at: number): void => {
    if (move <= limit) return;
    if (jumps === 0) first = { at, move };
    jumps++;
  };
  /** Far above all others: over eight times the median, and over what is a fault at all. */
  const settle = (): void => {
    if (moved.length >= 4) limit = Math.max(leastJump, 8 * median(moved));
    moved.forEach(compare);
  };
  return {
    add({ move, findings }) {
      const related = unrelated <= enough;
      if (move !== undefined) {
        const finite = related && Number.isFinite(move) ? move : 0;
        if (moves < usual) moved.push(finite);
        else {
          if (moves === usual) settle();
          compare(finite, moves);
        }
        moves++;
        unrelated = related && !isUnrelated(move) ? 0 : unrelated + 1;
      }
      return findings.filter(({ about }) => {
        if (about === "near") return near++ < enough;
        return about === undefined || related;
      });
    },
    finish() {
      if (moves <= usual) settle();
      if (jumps === 0) return [];
      return [
        `atoms jump by up to ${first.move.toFixed(2)} Å from frame ${first.at} to frame ${first.at + 1}${jumps > 1 ? `, and so at ${jumps - 1} other places` : ""}: frames are missing there, or two runs are joined`,
      ];
    },
  };
}

/** The smallest distance between the faces of the cell, Å, along directions in which it is repeated. */
function thinnest({ cell, periodic }: Structure): number {
  if (!cell) return Number.POSITIVE_INFINITY;
  return Math.min(...faceDistances(cell).filter((_, k) => periodic[k]));
}

/** Two atoms each of which is where the other was before. */
function exchanged(before: Structure, s: Structure, reduce: ImageReducer): Finding[] {
  const step = new Float64Array(3);
  const apart = (i: number, j: number): number => {
    for (let c = 0; c < 3; c++) step[c] = s.positions[3 * i + c]! - before.positions[3 * j + c]!;
    reduce(step, 0);
    return Math.hypot(step[0]!, step[1]!, step[2]!);
  };
  const moved: number[] = [];
  for (let i = 0; i < s.species.length && moved.length <= mostExchanged; i++)
    if (apart(i, i) > leastJump) moved.push(i);
  // Where more atoms jump, it is another structure.
  if (moved.length > mostExchanged) return [];
  for (const [k, i] of moved.entries())
    for (const j of moved.slice(k + 1))
      if (Math.max(apart(i, j), apart(j, i)) < 0.25 * Math.min(apart(i, i), apart(j, j)))
        return [
          {
            what: "two atoms have exchanged places",
            detail: `atoms ${i} (${s.species[i]}) and ${j} (${s.species[j]})`,
            about: "moves",
          },
        ];
  return [];
}

function edgeLengths(cell: Float64Array): number {
  return [0, 3, 6].reduce((sum, r) => sum + Math.hypot(cell[r]!, cell[r + 1]!, cell[r + 2]!), 0);
}

function refuseHuge(s: Structure, file: string, frame: number): void {
  const all = s.cell ? [s.positions, s.cell] : [s.positions];
  for (const [k, values] of all.entries())
    for (let i = 0; i < values.length; i++)
      if (!(Math.abs(values[i]!) <= largestLength))
        throw new FormatError({
          file,
          where: `frame ${frame}, ${k === 0 ? `atom ${Math.floor(i / 3)}` : `cell vector ${"abc"[Math.floor(i / 3)]}`}`,
          problem: `a coordinate is ${values[i]} Å, which no structure has`,
          advice: "an overflow or a damaged file: get the file again",
        });
}

function unknownSpecies(species: readonly string[]): Finding[] {
  const unknown = [...new Set(species)].filter((s) => !CHEMICAL_SYMBOLS.includes(s) && s !== "D" && s !== "T");
  return unknown.slice(0, 4).map((label) => {
    const meant = element(label);
    return {
      what: `"${label}" is no chemical element`,
      detail: `atom ${species.indexOf(label)}${meant ? `; is it ${meant}?` : ""}`,
    };
  });
}

/** The element that a label such as h, SI, OW or C12 most likely means. */
function element(label: string): string | undefined {
  const letters = /^[A-Za-z]+/.exec(label)?.[0] ?? "";
  const candidates = [letters.slice(0, 2), letters.slice(0, 1)].map(
    (x) => x.slice(0, 1).toUpperCase() + x.slice(1).toLowerCase(),
  );
  // "OW", "HW1": the second letter belongs to the name of the site.
  if (/^[HCNO][A-Z]/.test(letters)) candidates.reverse();
  return candidates.find((c) => CHEMICAL_SYMBOLS.includes(c));
}

function tooNear(s: Structure, { i, j, distance }: ClosePair): Finding {
  const atoms = `atoms ${i} (${s.species[i]}) and ${j} (${s.species[j]})`;
  return distance < oneAtom
    ? { what: "two atoms are in one place", detail: atoms, about: "near" }
    : {
        what: "two atoms are on top of each other",
        detail: `${atoms} are ${distance.toFixed(3)} Å apart`,
        about: "near",
      };
}

/** The shortest bond in units of the sum of covalent radii tells whether lengths are in another unit. */
function implausibleBonds(s: Structure): Finding[] {
  if (
    s.species.length < 2 ||
    !s.species.every((x) => CHEMICAL_SYMBOLS.indexOf(x) >= 0 && CHEMICAL_SYMBOLS.indexOf(x) < 96 && !nobleGases.has(x))
  )
    return [];
  const radii = s.species.map(covalentRadius);
  const reach = 2 * longBond * Math.max(...radii);
  let list: ReturnType<typeof neighborList>;
  try {
    list = neighborList(s, reach);
  } catch {
    return []; // coincident atoms are told elsewhere
  }
  let [least, bond] = [Number.POSITIVE_INFINITY, ""];
  for (let i = 0; i < s.species.length; i++)
    for (let p = list.first[i]!; p < list.first[i + 1]!; p++) {
      const ratio = list.distances[p]! / (radii[i]! + radii[list.index[p]!]!);
      if (ratio >= least) continue;
      least = ratio;
      bond = `${s.species[i]}–${s.species[list.index[p]!]} of ${list.distances[p]!.toFixed(2)} Å`;
    }
  if (least < shortBond)
    return [{ what: "bonds are implausibly short: are lengths in nm, or scaled", detail: `the shortest is ${bond}` }];
  if (least > longBond && least < 4)
    return [{ what: "bonds are implausibly long: are lengths in bohr", detail: `the shortest is ${bond}` }];
  return [];
}
