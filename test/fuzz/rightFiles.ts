/** A trajectory that is right, in every format of several frames. */
import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import type { Random } from "../../src/math/random.js";

/** One frame of the trajectory that is written. */
export interface Model {
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

/** Ten atoms in a cell of rock salt and a half, and what a run gives of them. */
export function trajectory(draw: Random, count: number): Model[] {
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
export interface Format {
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
