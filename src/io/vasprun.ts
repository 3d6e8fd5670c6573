import { SaxesParser, type SaxesTagPlain } from "saxes";
import { FormatError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure } from "../structure/structure.js";
import { electronvoltPerCubicAngstromPerGigapascal as gigapascal } from "../units/constants.js";
import type { FileFormat } from "./format.js";
import { parseNumber } from "./number.js";
import { byteChunks, READ_OPTIONS, type ReadOptions, type Source, sourceName, wholeText } from "./source.js";

type Draft = { -readonly [K in Exclude<keyof Frame, "structure">]?: Frame[K] };

/** No text node of the parts that are read is longer; more means a damaged file. */
const longestText = 1 << 16;

/**
 * The ionic steps of a vasprun.xml: positions, cell, forces, stress, the free energy that belongs to the forces, and
 * where the run computed them ε∞ and Born charges (rows in the order of the OUTCAR: field); MD steps with their time.
 * @throws FormatError with file and line, also for a file that is cut off: then read with `incomplete: "drop"`
 */
export function parseVasprun(input: string | Uint8Array, options: ReadOptions = {}): Frame[] {
  readOptions(READ_OPTIONS, options, "parseVasprun");
  const reader = new VasprunReader(options.name ?? "text");
  reader.write(Buffer.from(wholeText(input, options)).toString("latin1"));
  reader.finish(options.incomplete === "drop");
  return reader.take();
}

/** Steps of a vasprun.xml one by one, in memory that does not grow; see {@link parseVasprun}. */
export async function* streamVasprun(source: Source, options: ReadOptions = {}): AsyncGenerator<Frame, void, void> {
  readOptions(READ_OPTIONS, options, "streamVasprun");
  const reader = new VasprunReader(sourceName(source, options));
  for await (const chunk of byteChunks(source, options)) {
    // The file says ISO-8859-1; one byte is one character, so a chunk may end anywhere.
    reader.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1"));
    yield* reader.take();
  }
  reader.finish(options.incomplete === "drop");
  yield* reader.take();
}

/** All steps of a vasprun.xml; see {@link parseVasprun}. */
export async function loadVasprun(source: Source, options: ReadOptions = {}): Promise<Frame[]> {
  readOptions(READ_OPTIONS, options, "loadVasprun");
  const frames: Frame[] = [];
  for await (const frame of streamVasprun(source, options)) frames.push(frame);
  return frames;
}

/** vasprun.xml for the loaders. */
export const vasprunFormat: FileFormat = {
  name: "vasprun",
  title: "vasprun.xml",
  options: [],
  sniff: ({ text }) => /^\s*(<\?xml|<modeling)/.test(text) && /<modeling/.test(text),
  frames: streamVasprun,
};

/** Takes text in pieces and gives frames when a `<calculation>` closes. */
class VasprunReader {
  private readonly parser = new SaxesParser();
  private readonly file: string;
  /** Open elements as "name" or "name:its name attribute". */
  private readonly path: string[] = [];
  private text: string | undefined;
  private ready: Frame[] = [];
  private steps = 0;
  private species: string[] = [];
  private kinds: string[] = [];
  private md = false;
  private timestep = 0;
  private cell: number[] = [];
  private positions: number[] = [];
  private draft: Draft = {};
  private rows: number[] = [];

  constructor(file: string) {
    this.file = file;
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
    this.parser.write(text);
  }

  /** @throws FormatError if the document is not complete, unless `dropRest` and there are frames */
  finish(dropRest: boolean): void {
    if (this.path.length > 0 && dropRest && this.steps > 0) return;
    if (this.path.length > 0)
      this.fail(
        `the file ends inside <${this.path[this.path.length - 1]}>`,
        'get the whole file, or read it with incomplete: "drop"',
      );
    this.parser.close();
    if (this.steps === 0)
      this.fail("no ionic step (<calculation>) in it", "is this the vasprun.xml of a finished run?");
  }

  /** The frames that have become complete since the last call. */
  take(): Frame[] {
    const frames = this.ready;
    this.ready = [];
    return frames;
  }

  private open(tag: SaxesTagPlain): void {
    const label = tag.attributes.name;
    this.path.push(label === undefined ? tag.name : `${tag.name}:${label.trim()}`);
    if (this.path.length === 1 && tag.name !== "modeling")
      this.fail(`expected <modeling>, found <${tag.name}>`, "this is not a vasprun.xml");
    if (this.path.length > 64) this.fail("elements nested more than 64 deep", "this is not a vasprun.xml");
    if (tag.name === "v" || tag.name === "i" || tag.name === "c") this.text = "";
    if (tag.name === "varray" || tag.name === "array") this.rows = [];
    if (tag.name === "calculation") {
      this.draft = {};
      this.cell = [];
      this.positions = [];
    }
  }

  private gather(text: string): void {
    if (this.text === undefined) return;
    this.text += text;
    if (this.text.length > longestText) this.fail(`a value of more than ${longestText} characters`);
  }

  private close(tag: SaxesTagPlain): void {
    const here = this.path.pop()!;
    const parent = this.path[this.path.length - 1] ?? "";
    const text = (this.text ?? "").trim();
    if (tag.name === "v") {
      if (this.wanted(parent)) for (const word of text.split(/\s+/)) this.rows.push(this.number(word, parent));
    } else if (tag.name === "c") {
      if (this.path.includes("array:atoms")) this.kinds.push(text);
    } else if (tag.name === "i") this.value(here, parent, text);
    else if (tag.name === "rc" && this.kinds.length > 0) {
      const [symbol] = this.kinds;
      if (!/^[A-Z][a-z]?$/.test(symbol ?? ""))
        this.fail(`atom ${this.species.length} is "${symbol}"`, "expected an element");
      this.species.push(symbol!);
      this.kinds = [];
    } else if (tag.name === "varray" || tag.name === "array") this.table(here, parent);
    else if (tag.name === "calculation") this.step();
    if (tag.name === "v" || tag.name === "i" || tag.name === "c") this.text = undefined;
  }

  /** Only tables of a calculation are read; the rest of the file can be as odd as it likes. */
  private wanted(table: string): boolean {
    return (
      this.path.includes("calculation") &&
      /^(varray:(basis|positions|forces|stress|epsilon|epsilon_scf)|set)$/.test(table) &&
      (table !== "set" || this.path.includes("array:born_charges"))
    );
  }

  private value(here: string, parent: string, text: string): void {
    if (here === "i:IBRION") this.md = text === "0";
    else if (here === "i:POTIM") this.timestep = this.number(text, "POTIM");
    else if (here === "i:e_fr_energy" && parent === "energy" && this.path[this.path.length - 2] === "calculation")
      this.draft.energy = this.number(text, "the energy");
  }

  private table(here: string, parent: string): void {
    if (!this.path.includes("calculation")) return;
    const n = this.species.length;
    if (here === "varray:basis" && parent === "crystal") this.cell = this.sized(9, here);
    else if (here === "varray:positions" && parent.startsWith("structure")) this.positions = this.sized(3 * n, here);
    else if (parent !== "calculation") return;
    else if (here === "varray:forces") this.draft.forces = Float64Array.from(this.sized(3 * n, here));
    else if (here === "varray:stress")
      this.draft.stress = Float64Array.from(this.sized(9, here), (kbar) =>
        kbar === 0 ? 0 : kbar * (-gigapascal / 10),
      );
    else if (here === "varray:epsilon" || here === "varray:epsilon_scf")
      this.draft.dielectric = Float64Array.from(this.sized(9, here));
    else if (here === "array:born_charges") this.draft.bornCharges = Float64Array.from(this.sized(9 * n, here));
  }

  private sized(count: number, what: string): number[] {
    if (this.rows.length !== count || count === 0)
      this.fail(`${this.rows.length} numbers in <${what}> of step ${this.steps + 1}, expected ${count}`);
    return this.rows;
  }

  private step(): void {
    if (this.cell.length === 0 || this.positions.length === 0) this.fail(`step ${this.steps + 1} has no structure`);
    const cell = Float64Array.from(this.cell);
    const structure = {
      species: this.species,
      positions: toCartesian(Float64Array.from(this.positions), cell),
      cell,
      periodic: [true, true, true] as const,
    };
    try {
      checkStructure(structure, `step ${this.steps + 1}`);
    } catch (cause) {
      this.fail((cause as Error).message);
    }
    const time = this.md && this.timestep > 0 ? { time: this.steps * this.timestep } : {};
    this.ready.push({ structure, ...time, ...this.draft });
    this.steps++;
  }

  private number(word: string, what: string): number {
    const bytes = Buffer.from(word, "latin1");
    const value = parseNumber(bytes, 0, bytes.length);
    if (!Number.isFinite(value)) this.fail(`expected a number in <${what}>, found "${word.slice(0, 40)}"`);
    return value;
  }

  private fail(problem: string, advice?: string): never {
    throw new FormatError({ file: this.file, line: this.parser.line, problem, ...(advice && { advice }) });
  }
}
