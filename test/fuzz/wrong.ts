/** Files that are plainly wrong: one fault that no run makes, in a trajectory that is right otherwise, in every format of several frames. */

import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { type Random, random } from "../../src/math/random.js";

/** One frame of the trajectory that is written. */
interface Model {
  species: string[];
  /** Rows a, b, c, Å. */
  cell: number[][];
  /** Fractional. */
  positions: number[][];
  /** eV/Å */
  forces: number[][] | undefined;
  energy: number | undefined;
  dielectric: number[] | undefined;
  step: number;
}

/** Steps of a run: what is of its own kind in a file is found in a short one as well. */
const lengths = [3, 16];
/** Ten atoms in a cell of rock salt and a half, and what a run gives of them. */
function trajectory(draw: Random, count: number): Model[] {
  const species = ["Na", "Na", "Na", "Na", "Na", "Cl", "Cl", "Cl", "Cl", "Cl"];
  const sites = species.map((_, i) => [
    (i % 2) / 2 + 0.05,
    (Math.floor(i / 2) % 2) / 2 + 0.07,
    Math.floor(i / 4) / 3 + 0.04,
  ]);
  const phases = species.map(() => [0, 0, 0].map(() => 6.28 * draw.next()));
  return Array.from({ length: count }, (_, f) => ({
    species: [...species],
    cell: [
      [5.6, 0, 0],
      [0, 5.6, 0],
      [0, 0.3, 8.4],
    ],
    positions: sites.map((site, i) => site.map((x, c) => x + 0.01 * Math.cos(0.4 * f + phases[i]![c]!))),
    forces: species.map((_, i) => [0, 1, 2].map((c) => -0.5 * Math.cos(0.4 * f + phases[i]![c]!))),
    energy: -40 + 0.05 * Math.cos(0.8 * f),
    dielectric: [2.5, 0.01, 0.02, 0.01, 2.6, 0.03, 0.02, 0.03, 2.7].map(
      (x, k) => x + 0.02 * Math.cos(0.4 * f + Math.min(k % 3, 1)),
    ),
    step: f,
  })).map((frame) => ({ ...frame, dielectric: symmetric(frame.dielectric) }));
}

function symmetric(t: number[]): number[] {
  return t.map((_, k) => (t[k]! + t[3 * (k % 3) + Math.floor(k / 3)]!) / 2);
}

const cartesian = ({ cell, positions }: Model): number[][] =>
  positions.map((f) => [0, 1, 2].map((c) => f[0]! * cell[0]![c]! + f[1]! * cell[1]![c]! + f[2]! * cell[2]![c]!));
const row = (values: readonly number[], digits: number, width: number): string =>
  values.map((x) => x.toFixed(digits).padStart(width)).join("");
const lines = (rows: readonly (readonly number[])[], digits: number, width: number): string =>
  rows.map((r) => `${row(r, digits, width)}\n`).join("");

/** A format: how the trajectory is written, and how it is read. */
interface Format {
  readonly write: (frames: readonly Model[]) => string;
  readonly read: (text: string, onWarning: () => void) => Promise<unknown>;
  /** A part of it may be whole by itself: a short one with a row less is right. */
  readonly divisible?: boolean;
  /** What it can hold. */
  readonly holds: readonly ("cell" | "species" | "forces" | "energy" | "dielectric" | "positions" | "step")[];
}

const frames =
  (options = {}) =>
  async (text: string, onWarning: () => void) =>
    (await readFrames([Buffer.from(text)], { ...options, onWarning })).map(({ structure, ...rest }) => ({
      ...structure,
      ...rest,
    }));

function grouped(species: readonly string[]): { symbols: string[]; counts: number[] } {
  const symbols: string[] = [];
  const counts: number[] = [];
  for (const s of species)
    if (symbols[symbols.length - 1] === s) counts[counts.length - 1]!++;
    else {
      symbols.push(s);
      counts.push(1);
    }
  return { symbols, counts };
}

export const formats: Readonly<Record<string, Format>> = {
  "extended XYZ": {
    holds: ["positions", "cell", "species", "forces", "energy", "dielectric", "step"],
    read: frames(),
    write: (all) =>
      all
        .map((m) => {
          const x = cartesian(m);
          const head = `${m.species.length}\nLattice="${m.cell.flat().join(" ")}" Properties=species:S:1:pos:R:3${m.forces ? ":forces:R:3" : ""}`;
          const values = `${m.energy === undefined ? "" : ` energy=${m.energy.toFixed(8)}`}${m.dielectric ? ` dielectric="${row(m.dielectric, 6, 10).trim()}"` : ""} time=${2 * m.step} pbc="T T T"`;
          return `${head}${values}\n${m.species.map((s, i) => `${s}${row([...x[i]!, ...(m.forces?.[i] ?? [])], 6, 12)}\n`).join("")}`;
        })
        .join(""),
  },
  XDATCAR: {
    holds: ["positions", "cell", "species", "step"],
    read: frames(),
    write: (all) =>
      all
        .map((m) => {
          const { symbols, counts } = grouped(m.species);
          return `a run\n1.0\n${lines(m.cell, 8, 14)} ${symbols.join(" ")}\n ${counts.join(" ")}\nDirect configuration=${String(m.step + 1).padStart(6)}\n${lines(m.positions, 8, 12)}`;
        })
        .join(""),
  },
  "XDATCAR of one cell": {
    holds: ["positions", "step"],
    read: frames(),
    write: (all) => {
      const { symbols, counts } = grouped(all[0]!.species);
      const head = `a run\n1.0\n${lines(all[0]!.cell, 8, 14)} ${symbols.join(" ")}\n ${counts.join(" ")}\n`;
      return (
        head +
        all.map((m) => `Direct configuration=${String(m.step + 1).padStart(6)}\n${lines(m.positions, 8, 12)}`).join("")
      );
    },
  },
  OUTCAR: {
    holds: ["positions", "cell", "forces", "energy", "dielectric", "step"],
    read: frames(),
    write: (all) => {
      const { symbols, counts } = grouped(all[0]!.species);
      const head = ` vasp.6.3.0 20Jan22 (build May 01 2022 10:00:00) complex\n${symbols.map((s) => `   VRHFIN =${s}: s1p0\n   TITEL  = PAW_PBE ${s} 08Apr2002\n`).join("")}   number of dos      NEDOS =    301   number of ions     NIONS =${String(all[0]!.species.length).padStart(7)}\n   ions per type =            ${counts.map((c) => String(c).padStart(4)).join("")}\n   IBRION =      0    ionic relax: 0-MD 1-quasi-New 2-CG\n   POTIM  = 2.0000    time-step for ionic-motion\n`;
      const ruler = ` ${"-".repeat(83)}\n`;
      return `${head}${all
        .map((m) => {
          const x = cartesian(m);
          const iteration = `--------------------------------------- Iteration ${String(m.step + 1).padStart(6)}(   9)  ---------------------------------------\n------------------------ aborting loop because EDIFF is reached ----------------------------------------\n`;
          const cell = `      direct lattice vectors                 reciprocal lattice vectors\n${m.cell.map((v) => `   ${row([...v, 0.1, 0.2, 0.3], 9, 13)}\n`).join("")}\n`;
          const table = ` POSITION                                       TOTAL-FORCE (eV/Angst)\n${ruler}${x.map((p, i) => `${row(p, 5, 13)}   ${row(m.forces?.[i] ?? [], 6, 14)}\n`).join("")}${ruler}`;
          const energy =
            m.energy === undefined ? "" : `  free  energy   TOTEN  = ${m.energy.toFixed(8).padStart(18)} eV\n`;
          const tensor = m.dielectric
            ? ` MACROSCOPIC STATIC DIELECTRIC TENSOR (including local field effects in DFT)\n${ruler}${lines(
                [0, 3, 6].map((k) => m.dielectric!.slice(k, k + 3)),
                6,
                14,
              )}${ruler}`
            : "";
          return `${iteration}  in kB  ${row([1, 2, 3, 0.5, 0.25, 0.125], 5, 12)}\n${cell}${table}\n${energy}\n${tensor}\n`;
        })
        .join("")} General timing and accounting informations for this job:\n`;
    },
  },
  "vasprun.xml": {
    holds: ["positions", "cell", "forces", "energy", "dielectric"],
    read: frames(),
    write: (all) => {
      const { symbols, counts } = grouped(all[0]!.species);
      const v = (rows: readonly (readonly number[])[]) => rows.map((r) => `<v>${row(r, 8, 16)} </v>\n`).join("");
      const atoms = all[0]!.species.map((s) => `<rc><c>${s}</c><c>${symbols.indexOf(s) + 1}</c></rc>\n`).join("");
      const types = symbols
        .map((s, k) => `<rc><c>${counts[k]}</c><c>${s}</c><c>1.0</c><c>1.0</c><c> PAW_PBE ${s} 08Apr2002 </c></rc>\n`)
        .join("");
      return `<?xml version="1.0" encoding="ISO-8859-1"?>\n<modeling>\n<incar><i type="int" name="IBRION">     0</i><i name="POTIM">      2.00000000</i></incar>\n<atominfo><atoms> ${all[0]!.species.length} </atoms><array name="atoms"><set>\n${atoms}</set></array><array name="atomtypes"><set>\n${types}</set></array></atominfo>\n${all
        .map(
          (m) =>
            `<calculation>\n<structure><crystal><varray name="basis">\n${v(m.cell)}</varray></crystal><varray name="positions">\n${v(m.positions)}</varray></structure>\n${m.forces ? `<varray name="forces">\n${v(m.forces)}</varray>\n` : ""}${m.energy === undefined ? "" : `<energy><i name="e_fr_energy">${m.energy.toFixed(8)}</i></energy>\n`}${m.dielectric ? `<varray name="epsilon">\n${v([0, 3, 6].map((k) => m.dielectric!.slice(k, k + 3)))}</varray>\n` : ""}</calculation>\n`,
        )
        .join("")}</modeling>\n`;
    },
  },
  "LAMMPS dump": {
    holds: ["positions", "species", "forces", "step"],
    read: frames({ lammpsUnits: "metal" }),
    write: (all) =>
      all
        .map((m) => {
          const x = cartesian(m);
          const n = m.species.length;
          const rows = m.species
            .map((s, i) => `${i + 1} ${s}${row([...x[i]!, ...(m.forces?.[i] ?? [])], 6, 12)}\n`)
            .join("");
          return `ITEM: TIMESTEP\n${10 * m.step}\nITEM: NUMBER OF ATOMS\n${n}\nITEM: BOX BOUNDS pp pp pp\n0.0 5.6\n0.0 5.6\n0.0 8.4\nITEM: ATOMS id element x y z${m.forces ? " fx fy fz" : ""}\n${rows}`;
        })
        .join(""),
  },
  columns: {
    divisible: true,
    holds: ["dielectric", "step"],
    read: async (text, onWarning) => {
      const { values, timestep } = await loadSeries([Buffer.from(text)], {
        quantity: "dielectric",
        format: "columns",
        onWarning,
      });
      return { values, timestep };
    },
    write: (all) =>
      `# time (fs) xx yy zz xy yz zx\n${all
        .map((m) => {
          const e = m.dielectric;
          return e
            ? `${2 * m.step} ${row(
                [0, 4, 8, 1, 5, 6].map((k) => e[k]!),
                6,
                12,
              )}\n`
            : "";
        })
        .join("")}`,
  },
};

/** A fault: changes frames, or the text that they give; `undefined` where the format cannot have it. */
interface Fault {
  readonly needs: readonly Format["holds"][number][];
  readonly frames?: (all: Model[], draw: Random) => Model[];
  readonly text?: (text: string, draw: Random, all: readonly Model[]) => string;
}

/** A frame that is neither the first nor the last. */
const inner = (all: readonly Model[], draw: Random): number => 1 + draw.integer(all.length - 2);

function swapped<T>(values: readonly T[], i: number, j: number): T[] {
  const out = [...values];
  [out[i], out[j]] = [out[j]!, out[i]!];
  return out;
}

const inOne =
  (change: (m: Model, draw: Random) => Model) =>
  (all: Model[], draw: Random): Model[] => {
    const at = inner(all, draw);
    return all.map((m, f) => (f === at ? change(m, draw) : m));
  };

/** One number of the text with a decimal point becomes `word`. */
function replaceNumber(text: string, draw: Random, word: string): string {
  const numbers = [...text.matchAll(/(?<![\w.])-?\d+\.\d+(?![\w.])/g)];
  const hit = numbers[draw.integer(numbers.length)]!;
  return text.slice(0, hit.index) + word + text.slice(hit.index + hit[0].length);
}

export const faults: Readonly<Record<string, Fault>> = {
  "a frame with an atom less": {
    needs: ["positions"],
    frames: inOne((m, d) => without(m, d.integer(m.species.length))),
  },
  "a line of numbers lost": { needs: [], text: (t, d) => changeLine(t, d, () => "") },
  "a line of numbers twice": { needs: [], text: (t, d) => changeLine(t, d, (line) => line + line) },
  "the last frame cut": {
    needs: [],
    text: (t, d, all) => {
      const last = t.length - Math.floor(t.length / all.length / 1.3);
      return t.slice(0, last + d.integer(t.length - last - 2));
    },
  },
  "a tensor missing in one frame": { needs: ["dielectric"], frames: inOne((m) => ({ ...m, dielectric: undefined })) },
  "forces missing in one frame": { needs: ["forces"], frames: inOne((m) => ({ ...m, forces: undefined })) },
  "an energy missing in one frame": { needs: ["energy"], frames: inOne((m) => ({ ...m, energy: undefined })) },
  "two cell vectors exchanged in one frame": {
    needs: ["cell"],
    frames: inOne((m, d) => ({ ...m, cell: swapped(m.cell, d.integer(2), 2) })),
  },
  "a cell vector with the other sign in one frame": {
    needs: ["cell"],
    frames: inOne((m, d) => {
      const k = d.integer(3);
      return { ...m, cell: m.cell.map((v, i) => (i === k ? v.map((x) => -x) : v)) };
    }),
  },
  "two atoms exchanged in one frame": {
    needs: ["positions"],
    frames: inOne((m, d) => ({ ...m, positions: swapped(m.positions, d.integer(5), 5 + d.integer(5)) })),
  },
  "an atom renamed in one frame": {
    needs: ["species"],
    frames: inOne((m, d) => {
      const k = d.integer(m.species.length);
      return { ...m, species: m.species.map((s, i) => (i === k ? "K" : s)) };
    }),
  },
  "a frame twice": { needs: [], frames: (all, d) => all.toSpliced(inner(all, d), 0, all[inner(all, d)]!) },
  "a frame lost": { needs: ["step"], frames: (all, d) => all.toSpliced(inner(all, d), 1) },
  "two frames exchanged": {
    needs: ["step"],
    frames: (all, d) => {
      const at = 1 + d.integer(all.length - 4);
      return swapped(all, at, at + 1 + d.integer(2));
    },
  },
  "the run begun again": { needs: [], frames: (all, d) => [...all, ...all.slice(0, 2 + d.integer(all.length - 2))] },
  "an overflow, 1e308": { needs: [], text: (t, d) => replaceNumber(t, d, d.integer(2) ? "1e308" : "-1e308") },
  "a lone point": { needs: [], text: (t, d) => replaceNumber(t, d, d.integer(2) ? "." : "-.") },
  "no number": {
    needs: [],
    text: (t, d) => replaceNumber(t, d, ["nan", "inf", "********", "-", "1.2.3", "1,5"][d.integer(6)]!),
  },
};

function without(m: Model, k: number): Model {
  const drop = <T>(values: readonly T[]) => values.filter((_, i) => i !== k);
  return { ...m, species: drop(m.species), positions: drop(m.positions), forces: m.forces && drop(m.forces) };
}

function changeLine(text: string, draw: Random, change: (line: string) => string): string {
  const all = text.split(/(?<=\n)/);
  const numeric = [...all.keys()].filter((k) => /\d\.\d{4,}/.test(all[k]!));
  // Without its first or last row a table is another, whole table.
  const at = numeric[1 + draw.integer(numeric.length - 2)]!;
  return [...all.slice(0, at), change(all[at]!), ...all.slice(at + 1)].join("");
}

export interface Silence {
  readonly fault: string;
  readonly format: string;
  readonly seed: number;
  readonly text: string;
}

/** What passed without a word, of how many files that read otherwise than the right one. */
export async function wrongFiles(
  inputs: number,
  seed: number,
): Promise<{ readonly wrong: number; readonly silent: readonly Silence[] }> {
  const kinds = Object.entries(formats).flatMap(([format, { holds }]) =>
    Object.entries(faults).flatMap(([fault, { needs }]) =>
      needs.every((need) => holds.includes(need)) ? [[format, fault] as const] : [],
    ),
  );
  const right = new Map<string, string>();
  const rightOf = async (format: string, length: number): Promise<string> => {
    const key = `${format} ${length}`;
    const { write, read } = formats[format]!;
    let odd = 0;
    const text = right.get(key) ?? JSON.stringify(plain(await read(write(trajectory(random(7), length)), () => odd++)));
    if (odd > 0) throw new Error(`the right ${format} has warnings`);
    right.set(key, text);
    return text;
  };
  const silent: Silence[] = [];
  let wrong = 0;
  for (let k = 0; k < inputs; k++) {
    const [format, fault] = kinds[k % kinds.length]!;
    const { write, read } = formats[format]!;
    const draw = random(seed * 1_000_003 + k);
    // Of few frames the usual step is not known.
    const length = faults[fault]!.needs.includes("step") || formats[format]!.divisible ? 16 : lengths[draw.integer(2)]!;
    const all = trajectory(random(7), length);
    const { frames: changeFrames, text: changeText } = faults[fault]!;
    const written = write(changeFrames ? changeFrames(all, draw) : all);
    const text = changeText ? changeText(written, draw, all) : written;
    let told = 0;
    let outcome: unknown;
    try {
      outcome = await read(text, () => told++);
    } catch {
      told++;
    }
    if (told === 0 && JSON.stringify(plain(outcome)) === (await rightOf(format, length))) continue;
    wrong++;
    if (told === 0) silent.push({ fault, format, seed: k, text });
  }
  return { wrong, silent };
}

function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}
