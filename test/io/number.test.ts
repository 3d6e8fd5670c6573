import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lines } from "../../src/io/lines.js";
import { parseNumber } from "../../src/io/number.js";

const parse = (text: string) => parseNumber(Buffer.from(` ${text} `), 1, 1 + text.length);
/** The same text through the one-pass scanner of a line. */
const scan = (text: string) => {
  const lines = new Lines("text");
  lines.feed(Buffer.from(`  ${text}\t7\n`));
  lines.next();
  const out = new Float64Array(2);
  lines.numbers(out, 0, 2, "a number");
  return out[1] === 7 ? out[0]! : Number.NaN;
};
const digits = (least: number, most: number) => fc.stringMatching(new RegExp(`^\\d{${least},${most}}$`));

describe("numbers from bytes", () => {
  it("equal Number(text) bit for bit for every decimal with up to 25 digits and any exponent", () => {
    const decimal = fc
      .tuple(
        fc.constantFrom("", "-", "+"),
        digits(0, 12),
        digits(0, 13),
        fc.constantFrom("", "e", "E"),
        fc.integer({ min: -340, max: 320 }),
      )
      .filter(([, whole, part]) => whole.length + part.length > 0)
      .map(([sign, whole, part, e, n]) => `${sign}${whole}${part || whole === "" ? `.${part}` : ""}${e ? e + n : ""}`);
    fc.assert(
      fc.property(decimal, (text) => {
        const same = Object.is(parse(text), Number(text));
        return same && (!Number.isFinite(Number(text)) || Object.is(scan(text), Number(text)));
      }),
      { numRuns: 20000, seed: 1 },
    );
  });

  it("equal the double they were printed from, fixed, scientific or shortest", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const texts = [
          String(x),
          x.toExponential(),
          x.toExponential(16),
          ...(Math.abs(x) < 1e20 ? [x.toFixed(12)] : []),
        ];
        return texts.every((text) => Object.is(scan(text), Number(text)));
      }),
      { numRuns: 5000, seed: 2 },
    );
  });

  it("understand Fortran's exponents", () => {
    expect(parse("1.5D+03")).toBe(1500);
    expect(parse("-0.25d-2")).toBe(-0.0025);
    expect(parse("0.123456789-103")).toBe(1.23456789e-104);
    expect(parse("1.25+100")).toBe(1.25e100);
  });

  it("are NaN where the text is not exactly one number", () => {
    for (const text of [
      "",
      "-",
      ".",
      "+.",
      "e5",
      "1e",
      "1e+",
      "1.2.3",
      "1,5",
      "0x10",
      "NaN",
      "Infinity",
      "1-2",
      "1.5-10",
      "0.1-10.2",
      "12a",
      "--1",
      "*****",
      "1_000",
      "١",
    ])
      expect(parse(text), text).toBeNaN();
  });
});
