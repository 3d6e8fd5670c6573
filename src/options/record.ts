/**
 * Option records, each declared once: a zod schema from which come the check of names and values, the defaults, the reader of
 * JSON (a command line's, a model file's) and, through {@link Fields}, the proof that the written-out interface says the same.
 */
import { z } from "zod";
import { didYouMean, FormatError, OptionError } from "../errors.js";
import { problemOf } from "./message.js";

/**
 * What the shape of a record with interface `T` has to be: every name of `T`, no other, and no value that `T` does not allow.
 * That the schema takes all that `T` allows is checked where options of type `T` are given to {@link readOptions}.
 */
export type Fields<T> = { readonly [K in keyof T]-?: z.ZodType<unknown, T[K]> };

/** The alternatives of a tagged union `T`: for each kind the fields beside the tag. */
export type Alternatives<T extends { readonly kind: string }> = {
  readonly [K in T["kind"]]: Fields<Omit<Extract<T, { readonly kind: K }>, "kind">>;
};

/** Fields by name. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** zod takes `undefined` for an option that is not given and says so in its types; here such an option is left out. */
type Exact<T> = { [K in keyof T]: Record<never, never> extends Pick<T, K> ? Exclude<T[K], undefined> : T[K] };
type Input<S extends Shape> = Exact<z.input<z.ZodObject<S>>>;
type Output<S extends Shape> = Exact<z.output<z.ZodObject<S>>>;

/** A zod schema that knows the fields it was made of. */
export type OptionRecord<S extends Shape> = z.ZodType<Output<S>, Input<S>> & { readonly shape: S };

/** An object with these options and no others; one that is `undefined` counts as not given. */
export function record<S extends Shape>(shape: S): OptionRecord<S> {
  const object = z.strictObject(shape, { error: (issue) => unknownName(issue, Object.keys(shape)) });
  const given = object.transform((options: object) =>
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  );
  return Object.assign(given, { shape }) as unknown as OptionRecord<S>;
}

type Tagged<S extends Readonly<Record<string, Shape>>, K extends keyof S> = S[K] & {
  readonly kind: z.ZodLiteral<K & string>;
};

/** A tagged union: one object among several, told apart by `kind`. */
export function kinds<S extends Readonly<Record<string, Shape>>>(
  alternatives: S,
): z.ZodType<{ [K in keyof S]: Output<Tagged<S, K>> }[keyof S], { [K in keyof S]: Input<Tagged<S, K>> }[keyof S]> {
  const options = Object.entries(alternatives).map(([kind, shape]) => record({ kind: z.literal(kind), ...shape }));
  const [first, ...rest] = options as unknown as z.ZodObject[];
  return z.discriminatedUnion("kind", [first!, ...rest]) as unknown as ReturnType<typeof kinds<S>>;
}

/**
 * Checks options and fills in defaults.
 * @param where name of the function, for messages
 * @throws OptionError for an unknown name (with the near one), a missing or a wrong value
 */
export function readOptions<S extends z.ZodType>(schema: S, given: z.input<S>, where: string): z.output<S> {
  return readJson(schema, given, where);
}

/** As {@link readOptions}, for a value of which nothing is known yet: JSON from a command line. @throws OptionError */
export function readJson<S extends z.ZodType>(schema: S, given: unknown, where: string): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new OptionError(problemOf(result.error, given, where));
}

/** As {@link readOptions}, for a value read from a file. @throws FormatError naming the entry that is wrong */
export function readDocument<S extends z.ZodType>(schema: S, given: unknown, file: string): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const { where, ...problem } = problemOf(result.error, given, "");
  throw new FormatError({ file, ...problem, where: where || "top level" });
}

/**
 * As {@link readDocument}, without defaults: a file that this package wrote has every entry, so one that is missing was lost.
 * @throws FormatError naming it
 */
export function readWholeDocument<S extends z.ZodType>(schema: S, given: unknown, file: string): z.output<S> {
  const data = readDocument(schema, given, file);
  requireEntries(given, data, file, "");
  return data;
}

/** @throws FormatError naming the first entry of `complete` that `given` has not */
export function requireEntries(given: unknown, complete: unknown, file: string, where: string): void {
  if (typeof complete !== "object" || complete === null || ArrayBuffer.isView(complete)) return;
  for (const [name, value] of Object.entries(complete)) {
    if (value === undefined) continue;
    const path = where === "" ? name : `${where}.${name}`;
    if (typeof given !== "object" || given === null || !Object.hasOwn(given, name))
      throw new FormatError({ file, where: path, problem: "is missing", advice: "the file is damaged: get it again" });
    requireEntries((given as Record<string, unknown>)[name], value, file, path);
  }
}

/**
 * Rejects names that are not among `known`; for records whose values others check.
 * @throws OptionError
 */
export function rejectUnknown(known: readonly string[], given: object, where: string): void {
  const name = Object.keys(given).find((key) => !known.includes(key));
  if (name === undefined) return;
  throw new OptionError({ where, problem: `unknown option "${name}"`, advice: nearName(name, known) });
}

function unknownName(issue: z.core.$ZodRawIssue, known: readonly string[]): string | undefined {
  return issue.code === "unrecognized_keys" ? nearName(String(issue.keys[0]), known) : undefined;
}

function nearName(name: string, known: readonly string[]): string {
  const guess = didYouMean(name, known);
  if (guess) return `did you mean "${guess}"?`;
  return known.length > 0 ? `known options: ${known.join(", ")}` : "it takes none";
}
