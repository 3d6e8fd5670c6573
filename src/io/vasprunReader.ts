/** The elements of a vasprun.xml as they come by, put together to ionic steps. */
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { FormatError } from "../errors.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure } from "../structure/structure.js";
import { electronvoltPerCubicAngstromPerGigapascal as gigapascal } from "../units/constants.js";
import { type WarningOptions, warn } from "../warnings.js";
import { ampersandEscaper } from "./ampersands.js";
import { fixedNumbers, isOverflow, numberIn } from "./touching.js";
import { type AtomInfo, atomInfo } from "./vasprunAtoms.js";
import { type LabelOptions, type LabelSource, type VaspRun, vaspSteps } from "./vaspSteps.js";

type Labels = {
  -readonly [K in "energy" | "forces" | "stress" | "dielectric" | "bornCharges" | "notFinite"]?: Frame[K];
};

/** No text node of the parts that are read is longer; more means a damaged file. */
const longestText = 1 << 16;
/** Characters between two tags, comments and attributes included. */
const longestNode = 1 << 22;

/** What belongs to a learned step, directly below `<modeling>`. */
const learnedPlace = /^(structure|varray:(forces|stress)|energy)$/;

/** Takes text in pieces and gives frames when steps are over. */
export class VasprunReader {
  private readonly parser = new SaxesParser();
  private readonly file: string;
  private readonly options: LabelOptions & WarningOptions;
  private readonly steps;
  private readonly atoms: AtomInfo;
  /** Open elements as "name" or "name:its name attribute". */
  private readonly path: string[] = [];
  private text: string | undefined;
  private readonly ampersands = ampersandEscaper();
  /** Characters written since the last tag. */
  private untagged = 0;
  private ready: Frame[] = [];
  private count = 0;
  private md = false;
  private timestep = 0;
  private outputBlock = 1;
  private version = "";
  /** The step that is being read: within `<calculation>`, or of a learned force field directly below `<modeling>`. */
  private source: LabelSource | undefined;
  private cell: number[] = [];
  private positions: number[] = [];
  private labels: Labels = {};
  private rows: number[] = [];
  private electronic = { most: 0, criterion: 0, energies: [] as number[], count: 0 };

  constructor(file: string, options: LabelOptions & WarningOptions) {
    this.file = file;
    this.options = options;
    this.steps = vaspSteps(options);
    this.atoms = atomInfo(
      (problem, advice) => this.fail(problem, advice),
      (problem) => this.warn(problem),
    );
    this.parser.on("error", (e) =>
      this.fail(
        `not well-formed XML (${e.message.replace(/^(.*:)?\d+:\d+: /, "").replace(/\.$/, "")})`,
        "get the whole file",
      ),
    );
    this.parser.on("opentag", (tag) => this.open(tag));
    this.parser.on("text", (text) => this.gather(text));
    this.parser.on("closetag", (tag) => this.close(tag));
  }

  write(text: string): void {
    this.parse(this.ampersands.write(text));
  }

  private parse(text: string): void {
    // The parser keeps what stands between two tags.
    for (let at = 0; at < text.length; at += longestText) {
      const piece = text.slice(at, at + longestText);
      this.untagged += piece.length;
      if (this.untagged > longestNode)
        this.fail(`more than ${longestNode >> 20} MiB without a tag`, "this is not a vasprun.xml, or it is damaged");
      this.parser.write(piece);
    }
  }

  /** @throws FormatError if the document is not complete, unless `dropRest` and there are frames */
  finish(dropRest: boolean): void {
    this.parse(this.ampersands.finish());
    const cut = this.path.length > 0;
    if (!cut) this.parser.close();
    // The energy is the last of a learned step.
    if (this.source === "learned" && (!cut || this.labels.energy !== undefined)) this.endStep();
    const last = this.steps.finish(this.run());
    if (last) this.ready.push(last);
    if (cut && !(dropRest && this.count > 0))
      this.fail(
        `the file ends inside <${this.path[this.path.length - 1]}>`,
        'get the whole file, or read it with incomplete: "drop"',
      );
    if (this.count === 0)
      this.fail("no ionic step (<calculation>) in it", "is this the vasprun.xml of a finished run?");
    if (cut) this.warn(`the file ends early: what follows ${this.count} whole steps is left out`);
    for (const problem of this.steps.warnings()) this.warn(problem);
  }

  /** The frames that have become complete since the last call. */
  take(): Frame[] {
    const frames = this.ready;
    this.ready = [];
    return frames;
  }

  private run(): VaspRun {
    // Before VASP 6.4.3 every step is in this file whatever ML_OUTBLOCK says.
    const [major = 0, minor = 0, patch = 0] = this.version.split(".").map(Number);
    const blocks = major * 1e4 + minor * 100 + patch >= 60403;
    return { timestep: this.md ? this.timestep : 0, block: blocks ? this.outputBlock : 1 };
  }

  private open(tag: SaxesTagPlain): void {
    this.untagged = 0;
    const label = tag.attributes.name;
    const { path } = this;
    path.push(label === undefined ? tag.name : `${tag.name}:${label.trim()}`);
    if (path.length === 1 && tag.name !== "modeling")
      this.fail(`expected <modeling>, found <${tag.name}>`, "this is not a vasprun.xml");
    if (path.length > 64) this.fail("elements nested more than 64 deep", "this is not a vasprun.xml");
    const { name } = tag;
    if (name === "v" || name === "i" || name === "c" || (name === "atoms" && path[1] === "atominfo")) this.text = "";
    if (name === "varray" || name === "array") this.rows = [];
    if (path.length !== 2) return;
    if (name === "calculation") this.beginStep("ab-initio");
    // Those of the beginning and the end have names.
    else if (path[1] === "structure") this.beginStep("learned");
  }

  private gather(text: string): void {
    if (this.text === undefined) return;
    this.text += text;
    if (this.text.length > longestText) this.fail(`a value of more than ${longestText} characters`);
  }

  private close(tag: SaxesTagPlain): void {
    this.untagged = 0;
    const here = this.path.pop()!;
    const parent = this.path[this.path.length - 1] ?? "";
    const { name } = tag;
    const text = (this.text ?? "").trim();
    if (name === "v") this.row(text, parent);
    else if (name === "i") this.value(here, parent, text);
    else if (name === "c" && this.path[1] === "atominfo") this.atoms.cell(text);
    else if (name === "rc" && this.path[1] === "atominfo") this.atoms.row(this.path[2] ?? "");
    else if (name === "atoms" && parent === "atominfo") this.atoms.declared(text);
    else if (name === "varray" || name === "array") this.table(here, parent);
    else if (here === "scstep" && this.cell.length === 0) this.electronic.count++;
    else if (name === "calculation") this.endStep();
    if (name === "v" || name === "i" || name === "c" || name === "atoms") this.text = undefined;
  }

  /** Numbers that a table of a step has at most; 0 for tables that are not read, which can be as odd as they like. */
  private size(table: string): number {
    const place = this.path[1] ?? table;
    const inStep = this.source === "ab-initio" ? place === "calculation" : learnedPlace.test(place);
    if (!inStep || this.source === undefined) return 0;
    if (/^varray:(basis|stress|epsilon|epsilon_scf)$/.test(table)) return 9;
    if (table === "varray:positions" || table === "varray:forces") return 3 * this.atoms.species().length;
    const charges = table === "set" && this.path[this.path.length - 2] === "array:born_charges";
    return charges || table === "array:born_charges" ? 9 * this.atoms.species().length : 0;
  }

  private row(text: string, parent: string): void {
    const most = this.size(parent);
    if (most === 0) return;
    this.rows.push(
      ...fixedNumbers(text, 3, (word) => this.fail(`expected a number in <${parent}>, found "${word.slice(0, 40)}"`)),
    );
    if (this.rows.length > most)
      this.fail(`more than ${most} numbers in <${parent}> of step ${this.count + 1}`, "the file is damaged");
  }

  private value(here: string, parent: string, text: string): void {
    if (here === "i:IBRION") this.md = text === "0";
    else if (here === "i:POTIM") this.timestep = this.needed(text, "POTIM");
    else if (here === "i:NELM") this.electronic.most = this.needed(text, "NELM");
    else if (here === "i:EDIFF") this.electronic.criterion = this.needed(text, "EDIFF");
    else if (here === "i:ML_OUTBLOCK") this.outputBlock = Math.max(1, Math.round(this.needed(text, "ML_OUTBLOCK")));
    else if (here === "i:version" && parent === "generator") this.version = text;
    else if (here === "i:e_fr_energy" && parent === "energy" && this.source) {
      const holder = this.path[this.path.length - 2];
      if (holder === "scstep" && this.cell.length === 0) this.electronic.energies.push(numberIn(text) ?? Number.NaN);
      else if (holder === (this.source === "learned" ? "modeling" : "calculation")) this.energy(text);
    }
  }

  private energy(text: string): void {
    if (this.labels.energy !== undefined) return;
    if (isOverflow(text)) this.leaveOut("energy");
    else this.labels.energy = this.needed(text, "the energy");
  }

  private table(here: string, parent: string): void {
    if (this.size(here) === 0) return;
    if (here === "varray:basis" && parent === "crystal") this.cell = this.finite(here);
    else if (here === "varray:positions" && parent.startsWith("structure")) this.positions = this.finite(here);
    else if (parent !== (this.source === "learned" ? "modeling" : "calculation")) return;
    else if (here === "varray:forces") this.label("forces", here);
    else if (here === "varray:stress")
      this.label("stress", here, (kbar) => (kbar === 0 ? 0 : kbar * (-gigapascal / 10)));
    else if (here === "varray:epsilon" || here === "varray:epsilon_scf") this.label("dielectric", here);
    else if (here === "array:born_charges") this.label("bornCharges", here);
  }

  private label(
    field: "forces" | "stress" | "dielectric" | "bornCharges",
    here: string,
    convert: (x: number) => number = (x) => x,
  ): void {
    const values = Float64Array.from(this.sized(here), convert);
    if (values.every(Number.isFinite)) this.labels[field] = values;
    else this.leaveOut(field);
  }

  private leaveOut(field: keyof Frame): void {
    this.labels.notFinite = { ...this.labels.notFinite, [field]: `${field} (****)` };
  }

  private finite(what: string): number[] {
    const values = this.sized(what);
    if (!values.every(Number.isFinite))
      this.fail(`**** in <${what}> of step ${this.count + 1}`, "the program had too little room for these numbers");
    return values;
  }

  private sized(what: string): number[] {
    const count = this.size(what);
    if (this.rows.length !== count || count === 0)
      this.fail(`${this.rows.length} numbers in <${what}> of step ${this.count + 1}, expected ${count}`);
    return this.rows;
  }

  private beginStep(source: LabelSource): void {
    if (this.source === "learned") this.endStep();
    this.source = source;
    this.labels = {};
    this.cell = [];
    this.positions = [];
    this.electronic.count = 0;
    this.electronic.energies = [];
  }

  private endStep(): void {
    const place = `step ${this.count + 1}`;
    if (this.cell.length === 0 || this.positions.length === 0) this.fail(`${place} has no structure`);
    const cell = Float64Array.from(this.cell);
    const structure = {
      species: this.atoms.species(),
      positions: toCartesian(Float64Array.from(this.positions), cell),
      cell,
      periodic: [true, true, true] as const,
    };
    try {
      checkStructure(structure, place);
    } catch (cause) {
      this.fail((cause as Error).message);
    }
    const frame = { structure, ...this.labels };
    const before = this.steps.begin(
      { source: this.source!, frame, ...(!this.converged() && { converged: false }) },
      this.run(),
    );
    if (before) this.ready.push(before);
    this.source = undefined;
    this.count++;
  }

  /** VASP ends the loop at NELM iterations without a word; then the last change of the energy tells. */
  private converged(): boolean {
    const { most, criterion, energies, count } = this.electronic;
    if (most < 2 || count < most) return true;
    const [before, last] = energies.slice(-2);
    return Math.abs(last! - before!) <= criterion;
  }

  private needed(word: string, what: string): number {
    return numberIn(word) ?? this.fail(`expected a number in <${what}>, found "${word.slice(0, 40)}"`);
  }

  private warn(problem: string): void {
    warn(this.options, { where: `${this.file}:${this.parser.line}`, problem });
  }

  private fail(problem: string, advice?: string): never {
    throw new FormatError({ file: this.file, line: this.parser.line, problem, ...(advice && { advice }) });
  }
}
