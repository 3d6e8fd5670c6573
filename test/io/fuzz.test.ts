import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.js";
import type { ReadOptions } from "../../src/io/source.js";
import { random } from "../../src/math/random.js";
import type { Warning } from "../../src/warnings.js";
import { samples } from "./samples.js";

/** Every number anywhere inside. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value instanceof Float64Array || Array.isArray(value)) return Array.from(value as unknown[]).flatMap(numbersIn);
  return value && typeof value === "object" ? Object.values(value).flatMap(numbersIn) : [];
}

/** What a reader gives, or the FormatError it refuses with; any other error fails the test. */
function outcome(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.message).toMatch(/^[^:\n]+(:\d+)?: ./);
    return error;
  }
}

describe.each(Object.entries(samples))("a damaged %s file", (_, { text, parse: read, reads = [], tables = [] }) => {
  const warnings: Warning[] = [];
  const parse = (bytes: Uint8Array, options: ReadOptions = {}) =>
    read(bytes, { ...options, onWarning: (w) => warnings.push(w) });
  const whole = parse(Buffer.from(text));

  it("cut anywhere is refused, or is the same data in full, or a shorter file that is whole by itself", () => {
    const frames = (value: unknown) => (Array.isArray(value) ? value : [value]);
    for (let length = 0; length < text.length; length++) {
      const result = outcome(() => parse(Buffer.from(text.slice(0, length))));
      if (result instanceof FormatError) continue;
      // A number that lost digits would not be among those of the whole file.
      const [some, all] = [numbersIn(frames(result)), new Set(numbersIn(whole))];
      expect(
        some.every((x) => Number.isFinite(x) && all.has(x)),
        `cut at ${length}`,
      ).toBe(true);
    }
  });

  it('cut anywhere and read with incomplete: "drop" gives only whole frames, never an altered number', () => {
    const all = new Set(numbersIn(whole));
    for (let length = 0; length < text.length; length += 3) {
      const result = outcome(() => parse(Buffer.from(text.slice(0, length)), { incomplete: "drop" }));
      if (!(result instanceof FormatError))
        expect(
          numbersIn(result).every((x) => all.has(x)),
          `cut at ${length}`,
        ).toBe(true);
    }
  });

  it("with characters replaced, removed or repeated gives finite numbers or a FormatError", () => {
    const draw = random(20240901);
    const letters = '0123456789.-+eE*NaX \n\t\0=<>"é';
    for (let k = 0; k < 1500; k++) {
      const at = draw.integer(text.length);
      const letter = letters[draw.integer(letters.length)]!;
      const kind = draw.integer(4);
      const damaged =
        kind === 0
          ? text.slice(0, at) + text.slice(at + 1 + draw.integer(20))
          : kind === 1
            ? text.slice(0, at) + text.slice(Math.max(0, at - draw.integer(60)))
            : text.slice(0, at) + letter + text.slice(at + 1);
      const result = outcome(() => parse(Buffer.from(damaged)));
      if (!(result instanceof FormatError)) expect(numbersIn(result).every(Number.isFinite), damaged).toBe(true);
    }
  });

  it("gzipped is the same; gzipped and cut is refused", () => {
    const packed = gzipSync(text);
    expect(parse(packed)).toEqual(whole);
    for (let length = 10; length < packed.length; length += 7)
      expect(outcome(() => parse(packed.subarray(0, length)))).toBeInstanceOf(FormatError);
  });

  it("of another format is refused with a FormatError, or read with a warning where it could be one", () => {
    for (const [name, other] of Object.entries(samples)) {
      if (other.text === text || read === other.parse) continue;
      warnings.length = 0;
      const result = outcome(() => parse(Buffer.from(other.text)));
      if (reads.includes(name)) expect(result, name).toEqual(other.parse(Buffer.from(other.text)));
      else if (tables.includes(name))
        expect(numbersIn(result).every((x) => other.text.includes(String(Math.abs(x))))).toBe(true);
      else if (warnings.length === 0) expect(result, name).toBeInstanceOf(FormatError);
    }
    for (const foreign of ["", "\n", "hello\nworld\n", "{}\n", "\x7fELF\0\0\0\n", "1e400\n\n", "<html></html>\n"])
      expect(
        outcome(() => parse(Buffer.from(foreign))),
        JSON.stringify(foreign),
      ).toBeInstanceOf(FormatError);
  });
});
