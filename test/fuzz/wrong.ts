/** Files that are plainly wrong: one fault that no run makes, in a trajectory that is right otherwise, in every format of several frames. */
import { type Random, random } from "../../src/math/random.js";
import { type Format, formats, type Model, trajectory } from "./rightFiles.js";

/** Steps of a run: what is of its own kind in a file is found in a short one as well. */
const lengths = [3, 16];

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
