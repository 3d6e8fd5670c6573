/** What is wrong with a value, in the words of this package's errors, from what zod found. */
import type { z } from "zod";
import { didYouMean, type ErrorDetails } from "../errors.js";

/**
 * @param value the value that was checked
 * @param where name of the function or option it was given to; "" for the top level of a file
 */
export function problemOf(error: z.ZodError, value: unknown, where: string): ErrorDetails & { readonly where: string } {
  const issue = first(error.issues, value);
  const found = at(value, issue.path);
  const inside = (path: readonly PropertyKey[]): string => {
    const steps = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
    return where === "" ? steps.replace(/^\./, "") : `${where}${steps}`;
  };
  // An entry of a list is named with its list: factors[0].
  const named = issue.path.findLastIndex((key) => typeof key !== "number");
  const name = inside(issue.path)
    .slice(inside(issue.path.slice(0, Math.max(0, named))).length)
    .replace(/^\./, "");
  const holder = inside(issue.path.slice(0, Math.max(0, named)));

  if (issue.code === "unrecognized_keys")
    return { where: inside(issue.path), problem: `unknown option "${issue.keys[0]}"`, advice: issue.message };
  if (issue.code === "invalid_union" && "discriminator" in issue && issue.discriminator === "kind") {
    const known = (issue as { readonly options?: readonly unknown[] }).options?.map(String) ?? [];
    if (found === undefined) return { where: holder, problem: "no kind", advice: `known kinds: ${known.join(", ")}` };
    const guess = typeof found === "string" ? didYouMean(found, known) : undefined;
    const advice = `${guess ? `did you mean "${guess}"? ` : ""}known kinds: ${known.join(", ")}`;
    return { where: holder, problem: `unknown kind ${show(found)}`, advice };
  }
  const expected = expectation(issue);
  if (found === undefined && name !== "")
    return { where: holder, problem: `no ${name}`, advice: `expected ${expected}` };
  return { where: holder, problem: `${name || "it"} is ${show(found)}, expected ${expected}` };
}

/**
 * An unknown name explains a missing one, so it comes first, then what is there and wrong, then what is missing. Of the branches of a
 * union the one that got furthest counts.
 */
function first(issues: readonly z.core.$ZodIssue[], value: unknown): z.core.$ZodIssue {
  const unknown = issues.filter((i) => i.code === "unrecognized_keys").sort((a, b) => a.path.length - b.path.length);
  if (unknown[0]) return unknown[0];
  const issue = issues.find((i) => at(value, i.path) !== undefined) ?? issues[0]!;
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const inside = at(value, issue.path);
  const [furthest] = issue.errors.map((branch) => first(branch, inside)).sort((a, b) => depth(b) - depth(a));
  return depth(furthest!) === 0 ? issue : { ...furthest!, path: [...issue.path, ...furthest!.path] };
}

function depth(issue: z.core.$ZodIssue): number {
  return issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0);
}

/** Our own checks say what they expect; zod's say it in a sentence of which only the end is wanted. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input"))
    return issue.expected === "object" ? "an object" : issue.expected === "array" ? "a list" : `a ${issue.expected}`;
  if (issue.code === "invalid_value" && issue.message.startsWith("Invalid"))
    return issue.values.map((v) => show(v)).join(" or ");
  return issue.message;
}

/** The entry at `path`, own entries only. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return here;
}

/** A value as a message shows it: short, whatever it is. */
export function show(value: unknown): string {
  if (typeof value === "string") return value.length > 60 ? `"${value.slice(0, 57)}…"` : `"${value}"`;
  if (typeof value === "function") return "a function";
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (Array.isArray(value)) return value.length <= 6 ? `[${value.map(show).join(", ")}]` : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value);
    return names.length === 0 ? "{}" : `{ ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""} }`;
  }
  return String(value);
}
