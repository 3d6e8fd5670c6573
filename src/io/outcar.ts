import { type Fields, record } from "../options/record.js";
import { oneOf } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import { frameReader } from "./checkedFrames.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import { addHeadLine, outcarHead, readSpecies } from "./outcarSpecies.js";
import { readBornCharges, readCell, readEnergy, readForces, readMatrix, readStress } from "./outcarTables.js";
import { type LineReader, type more, nextLine, READ_FIELDS, type ReadOptions, type Source } from "./source.js";
import { type LabelOptions, labelSources, type VaspRun, type VaspTable, vaspSteps } from "./vaspSteps.js";

type Need = typeof more;

/** Options of the readers of OUTCAR and vasprun.xml. */
export interface VaspOptions extends ReadOptions, LabelOptions {}

export const VASP_OPTIONS = record({
  ...READ_FIELDS,
  labels: oneOf(labelSources).optional(),
} satisfies Fields<VaspOptions>);

const outcar = frameReader("Outcar", VASP_OPTIONS, outcarReader);

/**
 * The ionic steps of an OUTCAR (VASP 5.4 to 6.x), each with positions, cell, forces, stress, and the free energy that
 * belongs to the forces; MD steps with their time (POTIM × (step − 1)). A linear-response run (LEPSILON, LCALCEPS)
 * adds ε∞ (with local-field effects where printed) and Born charges to the step they belong to. VASP prints Born
 * charges with one row per field direction, which is this package's order. Steps of runs with a machine-learned force
 * field say in `info.labels` where energy, forces and stress come from; steps whose electronic loop did not converge have
 * `info.converged` false. Values that did not fit (****) are left out and named in `notFinite`.
 * @param options.labels which steps of a run with a machine-learned force field; default all
 * @throws FormatError with file and line, also if VASP did not run to its end: then read with `incomplete: "drop"`
 */
export function parseOutcar(input: string | Uint8Array, options: VaspOptions = {}): Frame[] {
  return outcar.parse(input, options);
}

/** Steps of an OUTCAR one by one; see {@link parseOutcar}. */
export function streamOutcar(source: Source, options: VaspOptions = {}): AsyncGenerator<Frame, void, void> {
  return outcar.stream(source, options);
}

/** All steps of an OUTCAR; see {@link parseOutcar}. */
export function loadOutcar(source: Source, options: VaspOptions = {}): Promise<Frame[]> {
  return outcar.load(source, options);
}

/** OUTCAR for the loaders. */
export const outcarFormat: FileFormat = {
  name: "outcar",
  title: "OUTCAR",
  options: ["labels"],
  sniff: ({ text, lines }) => /^\s*vasp\.\d/.test(lines[0] ?? "") || /^ *(executed on|INCAR:|POTCAR: )/m.test(text),
  frames: outcar.unchecked,
};

/** Which of several printed dielectric tensors is ε∞: with local fields in DFT over RPA over none. */
function rank(header: string): number {
  if (/IONIC/.test(header)) return 0;
  if (/excluding/i.test(header)) return 1;
  return /RPA/.test(header) ? 2 : 3;
}

/** The OUTCAR format as a line reader. */
export function outcarReader(options: LabelOptions): LineReader<Frame> {
  return function* (lines) {
    lines.fixedFormat = true;
    const reader = new OutcarReader(lines, options);
    try {
      yield* reader.read();
    } catch (cause) {
      if (lines.cut) yield* reader.end();
      throw cause;
    }
  };
}

class OutcarReader {
  private readonly lines: Lines;
  private readonly steps;
  private head = outcarHead();
  private species: readonly string[] = [];
  private cell: Float64Array | undefined;
  /** `null` if it was printed as **** */
  private stress: Float64Array | null | undefined;
  private md = false;
  private potim = 0;
  private block = 1;
  /** Allowed electronic iterations, the one that was last, and how the loop ended. */
  private electronic = { most: 0, last: 0, step: 0, end: "" };
  private table: VaspTable | undefined;
  private ranks = { dielectric: 0, born: 0 };
  /** Learned energies since that of the last learned table: one for each step of which no table is printed. */
  private learnedEnergies = 0;
  private frames = 0;
  /** Fields that the step before had. */
  private usual: readonly (keyof Frame)[] = [];
  /** Whether something of the next step has been seen. */
  private sealed = false;
  private complete = false;

  constructor(lines: Lines, options: LabelOptions) {
    this.lines = lines;
    this.steps = vaspSteps(options);
  }

  *read(): Generator<Frame | Need, void, void> {
    const { lines } = this;
    let text = "";
    while (yield* nextLine(lines)) {
      if (!lines.startsWithOneOf(starts)) continue;
      text = lines.text();
      if (text.startsWith("-")) this.electronicLoop(text);
      else if (headLine.test(text)) this.addHead(text);
      else if (/^\s+ions per type =/.test(text)) this.species = yield* readSpecies(lines, this.head);
      else if (/^\s+direct lattice vectors/.test(text)) {
        this.nextBegins();
        this.cell = yield* readCell(lines);
      } else if (/^\s+in kB\s/.test(text)) {
        this.nextBegins();
        this.stress = readStress(lines) ?? null;
      } else if (/^\s*POSITION\s+TOTAL-FORCE/.test(text)) yield* this.positions(text);
      else if (/^\s+free {2}energy( ML)? +TOTEN/.test(text)) this.energy(text);
      else if (/^\s*MACROSCOPIC STATIC DIELECTRIC TENSOR/.test(text)) yield* this.dielectric(text);
      else if (/^\s*BORN EFFECTIVE CHARGES/.test(text)) yield* this.bornCharges(text);
      else if (text.startsWith(" General timing")) this.complete = this.sealed = true;
      else if (/^\s*vasp\.\d/.test(text) && this.table) {
        yield* this.nextRun();
      }
    }
    if (this.frames === 0 && !this.table)
      lines.failEnd("no ionic step (POSITION … TOTAL-FORCE) in it; is this an OUTCAR?");
    if (!this.complete) lines.failEnd("VASP's timing summary is missing, so it did not run to its end");
    this.requireEnergy();
    yield* this.end();
    if (this.frames === 0) lines.fail("no step has labels of the kind asked for", "leave out the option `labels`");
  }

  /** The last step, if it is over: something follows it, or it has all that the step before had; and what is to be told. */
  *end(): Generator<Frame, void, void> {
    const { table } = this;
    this.table = undefined;
    const has = (field: keyof Frame) =>
      table?.frame[field] !== undefined || table?.frame.notFinite?.[field] !== undefined;
    if (table && has("energy") && (this.sealed || this.usual.every(has))) {
      const last = this.steps.finish(this.run());
      if (last) {
        this.frames++;
        yield last;
      }
    }
    for (const problem of this.steps.warnings()) this.lines.warn(problem);
  }

  /** Two files joined: the second has its own head, steps and end. */
  private *nextRun(): Generator<Frame, void, void> {
    this.requireEnergy();
    this.table = undefined;
    const last = this.steps.finish(this.run());
    if (last) {
      this.frames++;
      yield last;
    }
    this.head = outcarHead();
    this.species = [];
    this.complete = this.md = false;
    this.learnedEnergies = 0;
  }

  private requireEnergy(): void {
    if (this.table && !this.hasEnergy(this.table))
      this.lines.fail("no energy (free  energy   TOTEN) for the ionic step before", "get the whole file");
  }

  private run(): VaspRun {
    return { timestep: this.md ? this.potim : 0, block: this.block };
  }

  private nextBegins(): void {
    if (this.table && this.hasEnergy(this.table)) this.sealed = true;
  }

  private hasEnergy({ frame }: VaspTable): boolean {
    return frame.energy !== undefined || frame.notFinite?.energy !== undefined;
  }

  private addHead(text: string): void {
    const number = (name: string): number => {
      const [, word = "0"] = new RegExp(`\\b${name}\\s*=\\s*([^\\s;!#]+)`).exec(text) ?? [];
      const value = Number(word);
      return value >= 0 && value < 1e12 ? value : this.lines.fail(`${name} is "${word.slice(0, 40)}"`);
    };
    if (/POTIM/.test(text)) this.potim = number("POTIM");
    else if (/IBRION/.test(text)) this.md = /IBRION\s*=\s*0\b/.test(text);
    else if (/NELM /.test(text)) this.electronic.most = number("NELM");
    else if (/BLOCK/.test(text)) this.block = Math.max(this.block, number("NBLOCK"), number("ML_OUTBLOCK"));
    else addHeadLine(this.head, text);
  }

  /** "Iteration 12(   3)" of step and electronic loop, and how that ended; linear response counts directions, in less room. */
  private electronicLoop(text: string): void {
    const found = /Iteration( *\d+)\( *(\d+)\)/.exec(text);
    if (found && found[1]!.length >= 6) {
      this.nextBegins();
      this.electronic.step = Number(found[1]);
      this.electronic.last = Number(found[2]);
      this.electronic.end = "";
    } else if (/aborting loop/.test(text)) this.electronic.end = text;
  }

  private converged(): boolean {
    const { most, last, end } = this.electronic;
    return !/not reached/.test(end) && (/is reached/.test(end) || last < most || most < 2);
  }

  private *positions(text: string): Generator<Frame | Need, void, void> {
    const { lines, species } = this;
    this.requireEnergy();
    if (!this.cell || species.length === 0)
      lines.fail("positions before cell and species", "the head of the OUTCAR is missing");
    const { positions, forces } = yield* readForces(lines, species.length);
    const learned = /\(ML\)\s*$/.test(text);
    const structure = { species, positions, cell: this.cell!, periodic: [true, true, true] as const };
    const table: VaspTable = {
      source: learned ? "learned" : "ab-initio",
      frame: { structure, ...(forces && { forces }), ...(this.stress && { stress: this.stress }) },
      ...(!learned && this.electronic.step > 0 && { step: this.electronic.step }),
      ...(!learned && !this.converged() && { converged: false }),
    };
    if (!forces) leftOut(table, "forces");
    if (this.stress === null) leftOut(table, "stress");
    const { frame } = this.table ?? {};
    if (frame) this.usual = labelFields.filter((field) => frame[field] !== undefined);
    const before = this.steps.begin(table, this.run(), this.learnedEnergies + 1);
    if (before) this.frames++;
    // Its own energy comes behind it.
    if (learned) this.learnedEnergies = -1;
    this.table = table;
    this.stress = undefined;
    this.ranks = { dielectric: 0, born: 0 };
    this.electronic = { most: this.electronic.most, last: 0, step: 0, end: "" };
    this.sealed = false;
    if (before) yield before;
  }

  private energy(text: string): void {
    const learned = / ML /.test(text);
    if (learned) this.learnedEnergies++;
    const { table } = this;
    if (!table || this.hasEnergy(table) || learned !== (table.source === "learned")) return;
    const energy = readEnergy(this.lines, text);
    if (energy === undefined) leftOut(table, "energy");
    else table.frame.energy = energy;
  }

  private *dielectric(text: string): Generator<Need, void, void> {
    const epsilon = yield* readMatrix(this.lines, "the dielectric tensor", false);
    const table = this.tableFor("a dielectric tensor");
    if (rank(text) === 0 || rank(text) < this.ranks.dielectric) return;
    this.ranks.dielectric = rank(text);
    if (epsilon) table.frame.dielectric = epsilon;
    else leftOut(table, "dielectric");
  }

  private *bornCharges(text: string): Generator<Need, void, void> {
    const table = this.tableFor("Born charges");
    const charges = yield* readBornCharges(this.lines, this.species.length);
    if (rank(text) < this.ranks.born) return;
    this.ranks.born = rank(text);
    if (charges) table.frame.bornCharges = charges;
    else leftOut(table, "bornCharges");
  }

  private tableFor(what: string): VaspTable {
    return (
      this.table ?? this.lines.fail(`${what} before the first ionic step`, "the file is out of order: get it again")
    );
  }
}

/** Notes a value that VASP printed as ****. */
function leftOut({ frame }: VaspTable, field: keyof Frame): void {
  delete frame[field];
  frame.notFinite = { ...frame.notFinite, [field]: `${field} (****)` };
}

const labelFields = ["energy", "forces", "stress", "dielectric", "bornCharges"] as const;
const headLine = /^\s*(VRHFIN|TITEL|POTCAR:|number of dos|POTIM|IBRION|NELM |NBLOCK|ML_OUTBLOCK)/;
const starts = [
  ...["VRHFIN", "TITEL", "POTCAR:", "number of dos", "ions per", "POTIM", "IBRION", "NELM ", "NBLOCK", "ML_OUTBL"],
  ...["direct l", "in kB", "POSITION", "free  en", "MACROSC", "BORN EFF", "General t", "vasp."],
  ...["------------------------ abort", "--------------------------------------- Iter"],
];
