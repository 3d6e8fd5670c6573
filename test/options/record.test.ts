import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/errors.js";
import {
  type Alternatives,
  type Fields,
  kinds,
  readDocument,
  readJson,
  readOptions,
  record,
  rejectUnknown,
} from "../../src/options/record.js";
import {
  byName,
  callback,
  flag,
  integer,
  list,
  number,
  oneOf,
  positive,
  RUN_FIELDS,
  text,
} from "../../src/options/values.js";
import type { RunOptions } from "../../src/progress.js";

type Form = { readonly kind: "plain" } | { readonly kind: "sparse"; readonly count: number; readonly seed?: number };
interface ToyOptions extends RunOptions {
  readonly temperature: number;
  readonly form?: Form;
  readonly factors?: readonly ("thermal" | "laser")[];
  readonly masses?: Readonly<Record<string, number>>;
  readonly inner?: { readonly smooth?: boolean; readonly label?: string };
}
const TOY = record({
  temperature: positive("K"),
  form: kinds({
    plain: {},
    sparse: { count: integer({ atLeast: 1 }), seed: integer().default(1) },
  } satisfies Alternatives<Form>).default({ kind: "plain" }),
  factors: list(oneOf(["thermal", "laser"])).default([]),
  masses: byName(positive(), "a mass (u) per symbol").default({}),
  inner: record({ smooth: flag().default(true), label: text().optional() }).prefault({}),
  ...RUN_FIELDS,
} satisfies Fields<ToyOptions>);

const read = (options: unknown) => readJson(TOY, options, "toy");
const message = (options: unknown): string => {
  try {
    read(options);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    return (error as OptionError).message;
  }
  return "no error";
};

describe("a record of options", () => {
  it("fills in defaults, nested ones as well, and keeps what is given", () => {
    expect(read({ temperature: 300 })).toEqual({
      temperature: 300,
      form: { kind: "plain" },
      factors: [],
      masses: {},
      inner: { smooth: true },
    });
    expect(read({ temperature: 1, form: { kind: "sparse", count: 2 }, inner: { label: "x" } })).toMatchObject({
      form: { kind: "sparse", count: 2, seed: 1 },
      inner: { smooth: true, label: "x" },
    });
    const options: ToyOptions = { temperature: 1 };
    expect(readOptions(TOY, options, "toy").form.kind).toBe("plain");
  });

  it("takes undefined as not given", () => {
    const given = read({ temperature: 1, form: undefined, signal: undefined, inner: { label: undefined } });
    expect(given.form).toEqual({ kind: "plain" });
    expect("signal" in given).toBe(false);
    expect(Object.keys(given.inner)).toEqual(["smooth"]);
  });

  it.each([
    [{ temprature: 1 }, 'toy: unknown option "temprature"; did you mean "temperature"?'],
    [{ temperature: 1, inner: { smoth: true } }, 'toy.inner: unknown option "smoth"; did you mean "smooth"?'],
    [{ temperature: 1, form: { kind: "plain", seed: 1 } }, 'toy.form: unknown option "seed"; known options: kind'],
    [
      { temperature: 1, form: { kind: "spars" } },
      'toy.form: unknown kind "spars"; did you mean "sparse"? known kinds: plain, sparse',
    ],
    [{ temperature: 1, form: {} }, "toy.form: no kind; known kinds: plain, sparse"],
    [{ temperature: 1, form: "sparse" }, 'toy: form is "sparse", expected an object'],
    [{ temperature: 1, form: { kind: "sparse" } }, "toy.form: no count; expected a whole number ≥ 1"],
    [{ temperature: 1, form: { kind: "sparse", count: 1.5 } }, "toy.form: count is 1.5, expected a whole number ≥ 1"],
    [{}, "toy: no temperature; expected a positive number (K)"],
    [{ temperature: "300" }, 'toy: temperature is "300", expected a positive number (K)'],
    [{ temperature: Number.NaN }, "toy: temperature is NaN, expected a positive number (K)"],
    [{ temperature: Number.POSITIVE_INFINITY }, "toy: temperature is Infinity, expected a positive number (K)"],
    [
      { temperature: 1, factors: ["lasr"] },
      'toy: factors[0] is "lasr", expected thermal, laser; did you mean "laser"?',
    ],
    [{ temperature: 1, factors: "laser" }, 'toy: factors is "laser", expected a list'],
    [{ temperature: 1, masses: { H: -1 } }, "toy: masses is { H }, expected a mass (u) per symbol"],
    [{ temperature: 1, onProgress: 3 }, "toy: onProgress is 3, expected a function"],
    [{ temperature: 1, signal: {} }, "toy: signal is {}, expected an AbortSignal"],
    [null, "toy: it is null, expected an object"],
    [[], "toy: it is [], expected an object"],
    ["fast", 'toy: it is "fast", expected an object'],
  ])("%j: %s", (options, expected) => {
    expect(message(options)).toBe(expected);
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"])(
    "takes %s for an unknown name, kind and word, not for something every object has",
    (name) => {
      const own = (value: unknown): unknown => JSON.parse(`{"temperature":1,"${name}":${JSON.stringify(value)}}`);
      expect(message(own(1))).toContain(`unknown option "${name}"`);
      expect(message({ temperature: 1, form: { kind: name } })).toContain(`toy.form: unknown kind "${name}"`);
      expect(message({ temperature: 1, factors: [name] })).toContain(`"${name}", expected`);
      expect(message({ temperature: 1, masses: JSON.parse(`{"${name}":"heavy"}`) })).toContain("a mass (u) per symbol");
      expect(message({ temperature: 1, inner: JSON.parse(`{"${name}":{}}`) })).toContain(`unknown option "${name}"`);
    },
  );

  it("reads a document with the same schema, naming the file", () => {
    expect(readDocument(TOY, { temperature: 2 }, "a.json").temperature).toBe(2);
    expect(() => readDocument(TOY, { temperature: 2, form: { kind: "sparse", count: 0 } }, "a.json")).toThrow(
      "a.json: form: count is 0, expected a whole number ≥ 1",
    );
    expect(() => readDocument(TOY, 3, "a.json")).toThrow(FormatError);
  });

  it("rejects unknown names alone where another function checks the values", () => {
    expect(() => rejectUnknown(["masses"], { masses: -1 }, "toy")).not.toThrow();
    expect(() => rejectUnknown(["masses"], { mases: 1 }, "toy")).toThrow(
      'toy: unknown option "mases"; did you mean "masses"?',
    );
  });
});

describe("bounds of numbers", () => {
  it.each([
    [number({ above: 0, below: 1 }), [0.5], [0, 1], "a number above 0 and below 1"],
    [number({ atLeast: 1, atMost: 64 }, "fs"), [1, 64], [0.9, 65], "a number from 1 to 64 (fs)"],
    [integer({ atLeast: 0 }), [0, 3], [-1, 0.5, 2 ** 53, "1"], "a whole number ≥ 0"],
    [number(), [-1, 0], [Number.NaN, Number.NEGATIVE_INFINITY, null], "a number"],
  ])("%#", (schema, good, bad, phrase) => {
    for (const value of good) expect(readJson(schema, value, "x")).toBe(value);
    for (const value of bad) expect(() => readJson(schema, value, "x")).toThrow(`expected ${phrase}`);
  });
});

it("the compiler finds a shape that does not say what its interface says", () => {
  // @ts-expect-error a name is missing
  record({ smooth: flag() } satisfies Fields<{ readonly smooth: boolean; readonly label?: string }>);
  // @ts-expect-error a name too many
  record({ smooth: flag(), label: text() } satisfies Fields<{ readonly smooth: boolean }>);
  // @ts-expect-error a value that the interface does not allow
  record({ smooth: text() } satisfies Fields<{ readonly smooth: boolean }>);
  // @ts-expect-error optional where the interface wants a value
  record({ smooth: flag().optional() } satisfies Fields<{ readonly smooth: boolean }>);
  const narrow = record({ callback: callback<() => void>(), width: number() });
  const given: { readonly callback: () => void; readonly width: number | "auto" } = { callback: () => {}, width: 1 };
  // @ts-expect-error the interface allows more than the schema takes
  readOptions(narrow, given, "x");
});
