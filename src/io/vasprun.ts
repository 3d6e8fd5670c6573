import { readOptions } from "../options/record.js";
import type { Frame } from "../structure/frame.js";
import { checkHeap } from "../system/memory.js";
import { checkedAll, checkedStream } from "./checkedFrames.js";
import type { FileFormat } from "./format.js";
import { VASP_OPTIONS, type VaspOptions } from "./outcar.js";
import { byteChunks, type Source, sourceName, wholeText } from "./source.js";
import { VasprunReader } from "./vasprunReader.js";

/**
 * The ionic steps of a vasprun.xml: positions, cell, forces, stress, the free energy that belongs to the forces, and
 * where the run computed them ε∞ and Born charges (rows in the order of the OUTCAR: field); MD steps with their time.
 * Steps of a machine-learned force field, which stand outside `<calculation>`, and steps that did not converge are marked
 * as by `parseOutcar`; species are those of the pseudopotentials.
 * @param options.labels which steps of a run with a machine-learned force field; default all
 * @throws FormatError with file and line, also for a file that is cut off: then read with `incomplete: "drop"`
 */
export function parseVasprun(input: string | Uint8Array, options: VaspOptions = {}): Frame[] {
  readOptions(VASP_OPTIONS, options, "parseVasprun");
  const reader = new VasprunReader(options.name ?? "text", options);
  reader.write(Buffer.from(wholeText(input, options)).toString("latin1"));
  reader.finish(options.incomplete === "drop");
  return checkedAll(reader.take(), options.name ?? "text", options);
}

/** Steps of a vasprun.xml one by one, in memory that does not grow; see {@link parseVasprun}. */
export async function* streamVasprun(source: Source, options: VaspOptions = {}): AsyncGenerator<Frame, void, void> {
  readOptions(VASP_OPTIONS, options, "streamVasprun");
  yield* checkedStream(readVasprun(source, options), sourceName(source, options), options);
}

async function* readVasprun(source: Source, options: VaspOptions): AsyncGenerator<Frame, void, void> {
  const file = sourceName(source, options);
  const reader = new VasprunReader(file, options);
  for await (const chunk of byteChunks(source, options)) {
    checkHeap(`reading ${file}`);
    // The file says ISO-8859-1; one byte is one character, so a chunk may end anywhere.
    reader.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1"));
    yield* reader.take();
  }
  reader.finish(options.incomplete === "drop");
  yield* reader.take();
}

/** All steps of a vasprun.xml; see {@link parseVasprun}. */
export async function loadVasprun(source: Source, options: VaspOptions = {}): Promise<Frame[]> {
  readOptions(VASP_OPTIONS, options, "loadVasprun");
  const frames: Frame[] = [];
  for await (const frame of readVasprun(source, options)) frames.push(frame);
  return checkedAll(frames, sourceName(source, options), options);
}

/** vasprun.xml for the loaders. */
export const vasprunFormat: FileFormat = {
  name: "vasprun",
  title: "vasprun.xml",
  options: ["labels"],
  sniff: ({ text }) => /^\s*(<\?xml|<modeling)/.test(text) && /<modeling/.test(text),
  frames: readVasprun,
};
