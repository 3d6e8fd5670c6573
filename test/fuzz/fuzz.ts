/** Damaged files through every reader: only results of finite numbers or this package's own errors, soon, in bounded memory. */
import { DataError, FormatError, OptionError, ShapeError, SpectensorError, UnitError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { mutate, mutateJson } from "./mutate.js";
import type { Target } from "./targets.js";

export interface Finding {
  readonly target: string;
  readonly input: number;
  readonly problem: string;
  readonly text: string;
}

export interface FuzzReport {
  readonly inputs: number;
  /** Inputs that were refused with an error of ours. */
  readonly refused: number;
  readonly slowestSeconds: number;
  readonly peakMegabytes: number;
  readonly findings: readonly Finding[];
}

/** Longest processor time for one input, s, and memory of the whole process, MB. */
export const limits = { seconds: 2, megabytes: 1500 };
const messageLength = 1500;

/**
 * @param seed input k of a run is the same whatever ran before it
 * @param onInput told before every input, so that one that never ends can be found
 */
export async function fuzz(
  targets: readonly Target[],
  inputs: number,
  seed: number,
  onInput?: (target: string, input: number, text: string) => void,
): Promise<FuzzReport> {
  const findings: Finding[] = [];
  let [refused, slowestSeconds, peakMegabytes] = [0, 0, 0];
  for (let k = 0; k < inputs; k++) {
    const draw = random(seed * 1_000_003 + k);
    const target = targets[k % targets.length]!;
    const other = targets[draw.integer(targets.length)]!;
    const text =
      target.kind === "json" && draw.integer(3) > 0
        ? mutateJson(target.text, draw)
        : mutate(target.text, draw, other.text);
    const bytes = Buffer.from(text);
    onInput?.(target.name, k, text);
    const start = process.cpuUsage();
    let problem: string | undefined;
    try {
      const odd = oddNumber(await target.read(bytes));
      if (odd !== undefined) problem = `read with ${odd}`;
    } catch (error) {
      problem = wrongError(error);
      if (problem === undefined) refused++;
    }
    // Processor time: a busy machine is no fault of a reader.
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    slowestSeconds = Math.max(slowestSeconds, seconds);
    if (seconds > limits.seconds) problem ??= `took ${seconds.toFixed(1)} s`;
    if (k % 500 === 0) {
      const { heapUsed, external } = process.memoryUsage();
      const megabytes = (heapUsed + external) / 2 ** 20;
      peakMegabytes = Math.max(peakMegabytes, megabytes);
      if (megabytes > limits.megabytes) problem ??= `${megabytes.toFixed(0)} MB in use`;
    }
    if (problem !== undefined) findings.push({ target: target.name, input: k, problem, text });
  }
  return { inputs, refused, slowestSeconds, peakMegabytes, findings };
}

/** What is wrong with an error that a reader threw, if anything. */
export function wrongError(error: unknown): string | undefined {
  if (!(error instanceof SpectensorError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
  const expected = [FormatError, DataError, ShapeError, OptionError, UnitError];
  if (!expected.some((kind) => error instanceof kind)) return `threw ${error.name}`;
  const { message } = error;
  if (message.length > messageLength) return `a message of ${message.length} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(message))
    return `control characters in ${JSON.stringify(message)}`;
  if (/\[object /.test(message)) return `"${message}"`;
  return undefined;
}

/** The first number in a result that is not finite; infinite masses of fixed atoms are meant. */
function oddNumber(value: unknown, path = ""): string | undefined {
  if (typeof value === "number")
    return Number.isFinite(value) || path.endsWith(".masses") ? undefined : `${path} = ${value}`;
  if (value instanceof Float64Array || value instanceof Float32Array) {
    if (path.endsWith(".masses")) return undefined;
    const k = value.findIndex((x) => !Number.isFinite(x));
    return k < 0 ? undefined : `${path}[${k}] = ${value[k]}`;
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, inner] of value instanceof Map ? value : Object.entries(value)) {
    const found = oddNumber(inner, `${path}.${String(key)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
