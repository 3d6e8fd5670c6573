import { describe, expect, it } from "vitest";
import { spectrumCsv } from "../../src/cli/spectrumOutput.js";
import { parseJcamp } from "../../src/io/jcamp.js";
import { tableLine } from "../../src/io/jcampTable.js";
import { random } from "../../src/math/random.js";
import { type MeasuredOptions, parseMeasured } from "../../src/spectrum/measured.js";
import type { Spectrum } from "../../src/spectrum/spectrum.js";
import { asciiUnit, unitOfAscii } from "../../src/units/asciiUnit.js";

/** The ordinates that a line stands for; differences and repetitions carried out. */
function carriedOut(text: string): number[] {
  const line = tableLine(`0 ${text}`);
  if (typeof line === "string") throw new TypeError(line);
  const y: number[] = [];
  let step = 0;
  for (const field of line.fields)
    if (field.kind === "value") {
      y.push(field.value);
      step = 0;
    } else if (field.kind === "difference") {
      step = field.value;
      y.push(y.at(-1)! + step);
    } else if (field.kind === "repeat") for (let k = 1; k < field.count; k++) y.push(y.at(-1)! + step);
  return y;
}

describe("the forms of JCAMP-DX ordinates", () => {
  // One sequence in every form, from the definitions of the pseudo-digits (McDonald & Wilks 1988, table VII).
  it.each([
    ["AFFN", "1 2 3 3 2 1 0 -1 -2 -3"],
    ["AFFN with commas", "1,2,3,3,2,1,0,-1,-2,-3"],
    ["PAC", "+1+2+3+3+2+1+0-1-2-3"],
    ["SQZ", "ABCCBA@abc"],
    ["SQZ and DUP", "ABCTBA@abc"],
    ["DIF", "AJJ%jjjjjj"],
    ["DIF and DUP", "AJT%jX"],
  ])("%s", (_, text) => {
    expect(carriedOut(text)).toEqual([1, 2, 3, 3, 2, 1, 0, -1, -2, -3]);
  });

  it("E is an exponent before a sign and the digit 5 otherwise; digits follow pseudo-digits", () => {
    expect(carriedOut("1E+02 2.5E-01 E0 e12")).toEqual([100, 0.25, 50, -512]);
    expect(carriedOut("A00K5k5%U")).toEqual([100, 125, 100, 100, 100, 100]);
  });
});

/** DIF/DUP lines of whole numbers, as the definitions say: every line repeats the last ordinate of the line before. */
function difDup(y: readonly number[], xOf: (k: number) => string, perLine: number): string[] {
  const digit = (value: number, positive: string, negative: string) => {
    const text = String(Math.abs(value));
    return (value < 0 ? negative[Number(text[0]) - 1] : positive[Number(text[0])]) + text.slice(1);
  };
  const lines: string[] = [];
  for (let start = 0; start < y.length; start += perLine) {
    const from = Math.max(0, start - 1);
    let line = `${xOf(from)}${digit(y[from]!, "@ABCDEFGHI", "abcdefghi")}`;
    let [before, count] = [Number.NaN, 0];
    const flush = () => {
      if (count > 1) line += `${" STUVWXYZs"[Number(String(count)[0])]}${String(count).slice(1)}`;
    };
    for (let k = from + 1; k < Math.min(y.length, start + perLine); k++) {
      const d = y[k]! - y[k - 1]!;
      if (d === before) count++;
      else {
        flush();
        line += digit(d, "%JKLMNOPQR", "jklmnopqr");
        [before, count] = [d, 1];
      }
    }
    flush();
    lines.push(line);
  }
  // The last line has only the ordinate to check with.
  return [...lines, `${xOf(y.length - 1)}${digit(y.at(-1)!, "@ABCDEFGHI", "abcdefghi")}`];
}

const draw = random(7);
const points = 301;
/** Two Gaussian bands in whole numbers, flat where they end, and a little noise. */
const whole = Array.from({ length: points }, (_, k) => {
  const band = (at: number, height: number) => height * Math.exp(-(((k - at) / 9) ** 2));
  return Math.round(band(80, 9000) + band(200, 4000) + (k > 250 ? 0 : 3 * draw.normal())) + 0; // no −0
});
const [first, last] = [4000, 400];
const step = (last - first) / (points - 1);

function jcamp(data: readonly string[], changes: Readonly<Record<string, string | undefined>> = {}): string {
  const labels: Record<string, string | undefined> = {
    TITLE: "two bands",
    "JCAMP-DX": "4.24 $$ made for this test",
    "DATA TYPE": "INFRARED SPECTRUM",
    ORIGIN: "test",
    OWNER: "nobody",
    XUNITS: "1/CM",
    YUNITS: "ABSORBANCE",
    XFACTOR: "1.0",
    YFACTOR: "0.0001",
    FIRSTX: String(first),
    LASTX: String(last),
    NPOINTS: String(points),
    FIRSTY: String(whole[0]! * 1e-4),
    RESOLUTION: "4",
    ...changes,
  };
  const head = Object.entries(labels).flatMap(([label, value]) => (value === undefined ? [] : [`##${label}=${value}`]));
  return `${[...head, "##XYDATA=(X++(Y..Y))", ...data, "##END="].join("\n")}\n`;
}

const compressed = difDup(whole, (k) => (first + k * step).toFixed(1), 24);
const plain = Array.from({ length: Math.ceil(points / 10) }, (_, l) =>
  [(first + 10 * l * step).toFixed(2), ...whole.slice(10 * l, 10 * l + 10)].join(" "),
);
const read = (text: string, options: MeasuredOptions = {}) => parseMeasured(text, options);

describe("JCAMP-DX files", () => {
  it.each([
    ["AFFN", plain],
    ["DIF and DUP", compressed],
  ])("%s: axis ascending, absorbances to the last bit, labels kept", (_, data) => {
    const s = read(jcamp(data));
    expect(s.quantity).toBe("infrared");
    expect(s.axis.values[0]).toBe(last);
    expect(s.axis.values.at(-1)).toBe(first);
    const right = Float64Array.from([...whole].reverse(), (v) => v * 1e-4);
    expect(s.intensities.absorbance!.values).toEqual(right);
    expect(s.resolution).toBe(4);
    expect(s.origin).toBe("two bands");
    expect(s.measurement).toMatchObject({ OWNER: "nobody", ORIGIN: "test" });
  });

  it("transmittance and per cent are told apart from absorbance and give it", () => {
    const t = [0.5, 0.25, 1];
    const of = (data: string, units: string, y: string) =>
      read(jcamp([data], { YUNITS: units, YFACTOR: y, NPOINTS: "3", FIRSTX: "100", LASTX: "300", FIRSTY: undefined }));
    for (const s of [
      of("100 0.5 0.25 1.0", "TRANSMITTANCE", "1"),
      of("100 50 25 100", "% TRANSMITTANCE", "1"),
      of("100 50 25 100", "TRANSMITTANCE", "0.01"),
      of("100 50 25 100", "TRANSMITTANCE", "1"),
    ]) {
      expect(Object.keys(s.intensities)).toEqual(["absorbance", "transmittance"]);
      expect(Array.from(s.intensities.transmittance!.values)).toEqual(t);
      // One logarithm each, to rounding.
      s.intensities.absorbance!.values.forEach((a, k) => {
        expect(a).toBeCloseTo(-Math.log10(t[k]!), 14);
      });
    }
    expect(Object.keys(of("100 0 25 100", "TRANSMITTANCE", "0.01").intensities)).toEqual(["transmittance"]);
  });

  it("wavelengths become wavenumbers, 10⁴/λ", () => {
    const s = read(
      jcamp(["2 1 2 3"], { XUNITS: "MICROMETERS", NPOINTS: "3", FIRSTX: "2", LASTX: "4", FIRSTY: undefined }),
    );
    expect(Array.from(s.axis.values)).toEqual([1e4 / 4, 1e4 / 3, 1e4 / 2]);
    expect(Array.from(s.intensities.absorbance!.values)).toEqual([3 * 1e-4, 2 * 1e-4, 1e-4]);
  });

  it("XYPOINTS and several blocks", () => {
    const block = (title: string, y: string) =>
      `##TITLE=${title}\n##JCAMP-DX=4.24\n##DATA TYPE=RAMAN SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ARBITRARY UNITS\n##FIRSTX=100\n##LASTX=130\n##NPOINTS=3\n##XYPOINTS=(XY..XY)\n100,${y} 110,2\n130,3\n##END=\n`;
    expect(read(block("a", "1")).intensities.intensity).toEqual({
      unit: "arbitrary",
      values: Float64Array.of(1, 2, 3),
    });
    const link = `##TITLE=both\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS=2\n${block("a", "1")}${block("b", "7")}##END=\n`;
    expect(() => read(link)).toThrow(/2 spectra in one file.*0 \(a\), 1 \(b\)/);
    expect(read(link, { block: 1 }).intensities.intensity!.values[0]).toBe(7);
  });

  it("without ##END= are taken with a warning where ##NPOINTS= says that they are whole", () => {
    const heard: string[] = [];
    const onWarning = ({ problem }: { problem: string }) => heard.push(problem);
    const whole = read(jcamp(plain));
    expect(read(jcamp(plain).replace("##END=\n", ""), { onWarning }).axis).toEqual(whole.axis);
    expect(heard).toEqual([expect.stringMatching(/##END= is missing/)]);
    // The last number may have been cut there.
    const bytes = Buffer.from(jcamp(plain).replace("\n##END=\n", ""));
    expect(() => parseMeasured(bytes)).toThrow(/##END= is missing, and the last line has no line break/);
  });

  it.each<[string, string, RegExp]>([
    [
      "a number of points that is not there",
      jcamp(plain, { NPOINTS: "302", LASTX: "388" }),
      /:46: 301 points, ##NPOINTS= is 302/,
    ],
    ["more points than declared", jcamp(plain, { NPOINTS: "300", LASTX: "412" }), /more than the 300 points/],
    ["a lost line", jcamp(plain.filter((_, k) => k !== 5)), /:21: the abscissa check fails/],
    [
      "a lost ordinate",
      jcamp(plain.map((l, k) => (k === 3 ? l.replace(/ [^ ]+$/, "") : l))),
      /:20: the abscissa check/,
    ],
    ["a changed ordinate in difference form", jcamp(compressed.map((l, k) => (k === 3 ? `${l}J` : l))), /check fails/],
    ["FIRSTX", jcamp(plain, { FIRSTX: "4100" }), /abscissa check/],
    ["LASTX", jcamp(plain, { LASTX: "500" }), /abscissa check/],
    ["DELTAX", jcamp(plain, { DELTAX: "-11" }), /DELTAX= is -11, but 301 points .* are -12 apart/],
    ["FIRSTY", jcamp(plain, { FIRSTY: "3.5" }), /FIRSTY= is 3.5/],
    ["no NPOINTS", jcamp(plain, { NPOINTS: undefined }), /NPOINTS= is missing/],
    ["an unmeasured point", jcamp(plain.map((l, k) => (k === 2 ? `${l} ?` : l))), /not measured|more than|check/],
    [
      "a peak table",
      jcamp(plain).replace("XYDATA=(X++(Y..Y))", "PEAK TABLE=(XY..XY)"),
      /PEAK TABLE, which is not read/,
    ],
    ["another form", jcamp(plain).replace("(X++(Y..Y))", "(X++(R..R))"), /expected \(X\+\+\(Y\.\.Y\)\)/],
    ["a foreign unit", jcamp(plain, { XUNITS: "PPM" }), /abscissa is in "PPM"/],
    ["letters", jcamp(plain.map((l, k) => (k === 2 ? l.replace(/ /, " w") : l))), /is no ordinate/],
  ])("that contradict themselves are refused: %s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it("the check of difference form finds every single changed difference", () => {
    let silent = 0;
    for (const [k, line] of compressed.entries())
      for (const [from, to] of [
        ["J", "K"],
        ["k", "j"],
        ["%", "J"],
      ] as const) {
        const damaged = line.replace(from, to);
        if (damaged === line) continue;
        try {
          parseJcamp(jcamp(compressed.map((l, m) => (m === k ? damaged : l))));
          silent++;
        } catch {
          // refused, as it should be
        }
      }
    expect(silent).toBe(0);
  });
});

describe("tables of measured spectra", () => {
  it("this package's own CSV comes back", () => {
    const s = read(jcamp(plain));
    const back = read(spectrumCsv(s));
    expect(back.quantity).toBe("infrared");
    // The axis is written with 9 significant digits, intensities with 9.
    s.axis.values.forEach((v, k) => {
      expect(back.axis.values[k]).toBeCloseTo(v, 5);
      expect(back.intensities.absorbance!.values[k]).toBeCloseTo(s.intensities.absorbance!.values[k]!, 8);
    });
  });

  it.each([
    ["commas and a header", "Raman shift (cm-1),Intensity\n100.5,1\n101.5,2\n", {}],
    ["semicolons with decimal commas", "Wavenumber cm^-1;Raman\n100,5;1,0\n101,5;2,0\n", {}],
    ["decimal commas and blanks", "100,5 1,0\n101,5 2,0\n", { quantity: "raman", abscissa: "cm-1" } as const],
    ["descending, without line break at the end", "# Raman, cm-1\n101.5\t2\n100.5\t1", {}],
    [
      "a comment head as of mineral collections",
      "##NAMES=Quartz\n##PIN=Raman 532 nm laser, cm-1\n100.5, 1\n101.5, 2\n##END=\n",
      { abscissa: "cm-1" } as const,
    ],
  ])("with %s", (_, text, options) => {
    const s = read(text, options);
    expect(s.quantity).toBe("raman");
    expect(Array.from(s.axis.values)).toEqual([100.5, 101.5]);
    expect(Array.from(Object.values(s.intensities)[0]!.values)).toEqual([1, 2]);
  });

  it.each<[string, string, RegExp]>([
    ["no unit", "x,Raman\n1,2\n2,3\n", /does not say the unit/],
    ["no kind", "cm-1,y\n1,2\n2,3\n", /Raman or an infrared/],
    ["a ragged row", "cm-1,raman\n1,2\n2\n", /:3: 1 columns, expected 2/],
    ["no number", "cm-1,raman\n1,2\n2,x\n", /:3: expected a number in column 2, found "x"/],
    ["two intensities for one wavenumber", "cm-1,raman\n1,2\n1,3\n", /two intensities at 1/],
  ])("with %s are refused", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("CSV of this package", () => {
  it("comes back with its names and units", () => {
    const units = ["Å⁶·cm·fs⁻¹", "cm⁻¹", "Å²", "km/mol", "Å⁴/u", "e/Å²", "1"];
    for (const unit of units) expect(unitOfAscii(unit === "1" ? "" : asciiUnit(unit))).toBe(unit);
    const spectrum: Spectrum = {
      quantity: "raman",
      axis: { unit: "cm-1", values: Float64Array.of(1, 2, 3) },
      intensities: {
        unpolarised: { unit: "Å⁶·cm·fs⁻¹", values: Float64Array.of(1, 4, 2) },
        depolarisation: { unit: "1", values: Float64Array.of(0, 0.5, 0.75) },
      },
      resolution: 1,
      corrections: [],
      broadening: { kind: "none" },
      origin: "test",
    };
    const back = parseMeasured(spectrumCsv(spectrum));
    expect(back.quantity).toBe("raman");
    expect(back.intensities).toEqual(spectrum.intensities);
    expect(back.axis).toEqual(spectrum.axis);
  });
});
