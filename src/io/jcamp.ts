import { tableLine } from "./jcampTable.js";
import type { Lines } from "./lines.js";
import { type more, nextLine, READ_OPTIONS, type ReadOptions, type Source } from "./source.js";
import { textReader } from "./textReader.js";

/** One block of data of a JCAMP-DX file, with the factors applied. */
export interface JcampBlock {
  /** Every labelled record but the data, by its label in capitals without blanks, "-", "/" and "_". */
  readonly labels: Readonly<Record<string, string>>;
  /** Abscissae in the file's order and in `labels.XUNITS`. */
  readonly x: Float64Array;
  /** Ordinates in `labels.YUNITS`. */
  readonly y: Float64Array;
}

const jcamp = textReader("Jcamp", READ_OPTIONS, () => readJcamp);

/**
 * The spectra in a JCAMP-DX file (4.24 to 5.01): XYDATA=(X++(Y..Y)) in AFFN, PAC, SQZ, DIF and DUP form, and
 * XYPOINTS=(XY..XY), which may be called XYDATA. What the file says about itself is checked: NPOINTS, FIRSTX, LASTX, DELTAX, FIRSTY, the abscissa
 * at the beginning of every line, and the ordinate that difference form repeats from line to line.
 * McDonald, Wilks, Appl. Spectrosc. 42, 151 (1988), 10.1366/0003702884428734.
 * @throws FormatError with file and line for a file that contradicts itself, for peak tables and NTUPLES
 */
export function parseJcamp(input: string | Uint8Array, options: ReadOptions = {}): JcampBlock[] {
  return jcamp.parse(input, options);
}

/** Reads a JCAMP-DX file; see {@link parseJcamp}. */
export function loadJcamp(source: Source, options: ReadOptions = {}): Promise<JcampBlock[]> {
  return jcamp.load(source, options);
}

type Need = typeof more;
const mostPoints = 1e7;

function* readJcamp(lines: Lines): Generator<JcampBlock | Need, void, void> {
  lines.takesUnterminated = true;
  let labels: Record<string, string> = {};
  let last: string | undefined;
  let blocks = 0;
  let open = 0;
  while (yield* nextLine(lines)) {
    const text = withoutComment(lines.text());
    const record = /^\s*##([^=]*)=(.*)$/.exec(text);
    if (!record) {
      if (last === undefined && text.trim() !== "") lines.fail("expected ##TITLE=", "this is not a JCAMP-DX file");
      // A value goes on over several lines.
      if (last !== undefined && text.trim() !== "") labels[last] = `${labels[last]}\n${text.trim()}`;
      continue;
    }
    const label = plainLabel(record[1]!);
    const value = record[2]!.trim();
    if (label === "") continue; // "##=" is a comment
    last = label;
    if (label === "TITLE") {
      open++;
      labels = { TITLE: value };
    } else if (label === "END") {
      open--;
      labels = {};
    } else if (label === "XYDATA" || label === "XYPOINTS") {
      const [x, y] =
        // Some programs write pairs as XYDATA.
        label === "XYDATA" && !isPairs(value)
          ? yield* readOrdinates(lines, value, labels)
          : yield* readPairs(lines, value, labels);
      yield { labels: { ...labels }, x, y };
      blocks++;
      last = "XYDATA";
    } else if (/^(PEAKTABLE|PEAKASSIGNMENTS|NTUPLES|RADATA)$/.test(label))
      lines.fail(
        `the data are ${record[1]!.trim()}, which is not read`,
        "spectra are read: XYDATA=(X++(Y..Y)) or XYPOINTS=(XY..XY)",
      );
    else labels[label] = value;
  }
  if (blocks === 0) lines.fail("the file ends early: no XYDATA or XYPOINTS in it", "get the whole file");
  if (open > 0 && lines.unterminated)
    lines.fail(
      "the file ends early: ##END= is missing, and the last line has no line break, so that its last number may have been cut",
      "get the whole file",
    );
  // ##NPOINTS= has been checked of every block.
  if (open > 0) lines.warn("##END= is missing at the end of the file; the data before it are whole by ##NPOINTS=");
}

/** Whether the form of a record is "(XY..XY)": abscissa and ordinate of every point. */
function isPairs(form: string): boolean {
  return /^\s*\(\s*XY\s*\.\.\s*XY\s*\)/i.test(form);
}

/** Labels are compared without case and without blanks, "-", "/" and "_". */
function plainLabel(label: string): string {
  return label.replace(/[\s\-/_]/g, "").toUpperCase();
}

/** "$$" begins a comment that lasts to the end of the line. */
function withoutComment(text: string): string {
  const at = text.indexOf("$$");
  return at < 0 ? text : text.slice(0, at);
}

function* dataLine(lines: Lines): Generator<Need, string | undefined, void> {
  for (;;) {
    if (!(yield* nextLine(lines))) return undefined;
    const text = withoutComment(lines.text());
    if (text.trim() === "") continue;
    if (!text.trimStart().startsWith("##")) return text;
    lines.back();
    return undefined;
  }
}

function numberLabel(lines: Lines, labels: Readonly<Record<string, string>>, label: string): number | undefined {
  const text = labels[label];
  if (text === undefined) return undefined;
  const value = Number(/^\s*([-+.\deE]+)/.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(value) ? value : lines.fail(`##${label}= is "${text.slice(0, 40)}", expected a number`);
}

function needed(lines: Lines, labels: Readonly<Record<string, string>>, label: string): number {
  return numberLabel(lines, labels, label) ?? lines.fail(`##${label}= is missing before the data`);
}

function declaredPoints(lines: Lines, labels: Readonly<Record<string, string>>): number {
  const points = needed(lines, labels, "NPOINTS");
  if (!(Number.isInteger(points) && points >= 1 && points <= mostPoints)) lines.fail(`##NPOINTS= is ${points}`);
  return points;
}

function* readOrdinates(
  lines: Lines,
  form: string,
  labels: Readonly<Record<string, string>>,
): Generator<Need, readonly [Float64Array, Float64Array], void> {
  if (!/\(\s*X\s*\+\+\s*\(\s*Y\s*\.\.\s*Y\s*\)\s*\)/i.test(form))
    lines.fail(`##XYDATA= is "${form.slice(0, 40)}", expected (X++(Y..Y)) or (XY..XY)`);
  const points = declaredPoints(lines, labels);
  const [first, end] = [needed(lines, labels, "FIRSTX"), needed(lines, labels, "LASTX")];
  const xFactor = numberLabel(lines, labels, "XFACTOR") ?? 1;
  const yFactor = numberLabel(lines, labels, "YFACTOR") ?? 1;
  const step = points > 1 ? (end - first) / (points - 1) : 0;
  const stated = numberLabel(lines, labels, "DELTAX");
  // Printed with few digits, and some writers leave its sign out.
  if (
    stated !== undefined &&
    Math.abs(Math.abs(stated) - Math.abs(step)) >
      (0.5 * Math.abs(step)) / Math.max(1, points - 1) + 2e-3 * Math.abs(step)
  )
    lines.fail(`##DELTAX= is ${stated}, but ${points} points from ${first} to ${end} are ${step} apart`);

  const raw: number[] = [];
  let differenceBefore: number | undefined;
  let text = yield* dataLine(lines);
  for (; text !== undefined; text = yield* dataLine(lines)) {
    const line = tableLine(text);
    if (typeof line === "string") return lines.fail(line, "the data are damaged, or of a form that is not read");
    const { fields } = line;
    const repeated = differenceBefore !== undefined;
    checkAbscissa(lines, line.x * xFactor, Math.abs(line.rounding * xFactor), first, step, raw.length, repeated);
    let difference: number | undefined;
    for (const [k, field] of fields.entries()) {
      if (field.kind === "missing")
        return lines.fail(`point ${raw.length + 1} was not measured ("?")`, "cut the spectrum there");
      if (k === 0 && field.kind !== "value") return lines.fail("a line begins with a difference or a repetition");
      if (field.kind === "value") {
        if (k === 0 && repeated) {
          if (field.value !== raw[raw.length - 1])
            return lines.fail(
              `the ordinate check fails: the line begins with ${field.value}, the one before ends with ${raw[raw.length - 1]}`,
              "the data are damaged: get the file again",
            );
        } else raw.push(field.value);
        difference = undefined;
      } else if (field.kind === "difference") {
        difference = field.value;
        raw.push(raw[raw.length - 1]! + difference);
      } else
        for (let c = 1; c < field.count; c++) {
          if (raw.length > points) break;
          raw.push(raw[raw.length - 1]! + (difference ?? 0));
        }
      if (raw.length > points) return lines.fail(`more than the ${points} points of ##NPOINTS=`);
    }
    differenceBefore = difference;
  }
  if (raw.length !== points)
    lines.fail(`${raw.length} points, ##NPOINTS= is ${points}`, "the data are damaged or cut off");
  const y = Float64Array.from(raw, (v) => v * yFactor);
  const firstY = numberLabel(lines, labels, "FIRSTY");
  // FIRSTY is printed in the unit of the data, some writers print it before YFACTOR is applied.
  if (
    firstY !== undefined &&
    ![y[0]!, raw[0]!].some((v) => Math.abs(firstY - v) <= 1e-3 * Math.abs(v) + Math.abs(yFactor))
  )
    lines.fail(`##FIRSTY= is ${firstY}, the data begin with ${y[0]}`, "the data are damaged: get the file again");
  return [Float64Array.from({ length: points }, (_, k) => first + k * step), y];
}

/** The abscissa of a line is that of its first ordinate, which difference form repeats from the line before. */
function checkAbscissa(
  lines: Lines,
  found: number,
  rounding: number,
  first: number,
  step: number,
  done: number,
  repeated: boolean,
): void {
  const expected = first + (repeated ? done - 1 : done) * step;
  // Some writers count on from the repeated point.
  const other = first + done * step;
  const slack = 0.45 * Math.abs(step) + rounding * 1.01;
  if (Math.abs(found - expected) > slack && Math.abs(found - other) > slack)
    lines.fail(
      `the abscissa check fails: the line begins at ${found}, but point ${done + (repeated ? 0 : 1)} is at ${expected}`,
      "ordinates are missing or doubled before it: get the file again",
    );
}

function* readPairs(
  lines: Lines,
  form: string,
  labels: Readonly<Record<string, string>>,
): Generator<Need, readonly [Float64Array, Float64Array], void> {
  if (!isPairs(form)) lines.fail(`##XYPOINTS= is "${form.slice(0, 40)}", expected (XY..XY)`);
  const points = declaredPoints(lines, labels);
  const factors = ["XFACTOR", "YFACTOR"].map((label) => numberLabel(lines, labels, label) ?? 1);
  const values: number[] = [];
  for (let text = yield* dataLine(lines); text !== undefined; text = yield* dataLine(lines)) {
    const words = text
      .trim()
      .split(/[\s,;]+/)
      .filter((word) => word !== "");
    if (words.length % 2 !== 0) lines.fail(`${words.length} numbers, expected pairs`);
    for (const word of words) {
      const value = Number(word);
      if (!Number.isFinite(value)) return lines.fail(`expected a number, found "${word.slice(0, 20)}"`);
      values.push(value * factors[values.length % 2]!);
    }
    if (values.length > 2 * points) return lines.fail(`more than the ${points} points of ##NPOINTS=`);
  }
  if (values.length !== 2 * points)
    lines.fail(`${values.length / 2} points, ##NPOINTS= is ${points}`, "the data are damaged or cut off");
  const x = Float64Array.from({ length: points }, (_, k) => values[2 * k]!);
  for (const [label, k] of [
    ["FIRSTX", 0],
    ["LASTX", points - 1],
  ] as const) {
    const stated = numberLabel(lines, labels, label);
    if (stated !== undefined && Math.abs(stated - x[k]!) > 1e-3 * Math.abs(x[k]!) + 1e-9)
      lines.fail(`##${label}= is ${stated}, the data have ${x[k]}`, "the data are damaged: get the file again");
  }
  return [x, Float64Array.from({ length: points }, (_, k) => values[2 * k + 1]!)];
}
