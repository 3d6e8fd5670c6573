/** Options of a fit as a command line gives them: descriptor settings may stand beside the others. */
import { FEATURE_FIELDS } from "../descriptor/options.js";
import { OptionError } from "../errors.js";
import { rejectUnknown } from "../options/record.js";
import { THREAD_FIELDS } from "../options/values.js";

/** Settings of the descriptor that may stand beside the options of a fit. */
export const DESCRIPTOR_KEYS: readonly string[] = Object.keys(FEATURE_FIELDS);

/** Names of the options of a fit that JSON can hold. */
export function jsonKeys(options: { readonly shape: object }): readonly string[] {
  return Object.keys(options.shape).filter((name) => !(name in THREAD_FIELDS));
}

/**
 * Moves descriptor settings (`cutoff`, `nMax`, …) into the entry `group`, where the fit expects them.
 * @param known names of the other entries that the fit takes, `group` included
 * @throws OptionError for an unknown name, with the one that may have been meant, or if a setting is given in both places
 */
export function nestDescriptor(
  options: Readonly<Record<string, unknown>>,
  group: string,
  known: readonly string[],
): Record<string, unknown> {
  rejectUnknown([...known, ...DESCRIPTOR_KEYS], options, "--options");
  const given = options[group];
  if (given !== undefined && (typeof given !== "object" || given === null || Array.isArray(given)))
    throw new OptionError({
      where: "--options",
      problem: `"${group}" is ${JSON.stringify(given)}`,
      advice: "give an object",
    });
  const nested: Record<string, unknown> = { ...(given as object | undefined) };
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (key === group) continue;
    if (!DESCRIPTOR_KEYS.includes(key)) {
      result[key] = value;
      continue;
    }
    if (key in nested) throw new OptionError({ where: "--options", problem: `"${key}" is given twice` });
    nested[key] = value;
  }
  return Object.keys(nested).length > 0 ? { ...result, [group]: nested } : result;
}
