import { OptionError } from "../errors.js";

/** "quick" is small enough for every day and CI; "full" is what the paper shows. */
export type RunMode = "quick" | "full";

/**
 * How thorough this run of a notebook is meant to be: the environment variable SPECTENSOR_MODE, default "quick".
 * @throws OptionError if the variable has another value
 * @example const trainingSizes = runMode() === "full" ? [6, 12, 24, 48, 96] : [6, 24]
 */
export function runMode(): RunMode {
  const value = process.env.SPECTENSOR_MODE ?? "quick";
  if (value === "quick" || value === "full") return value;
  throw new OptionError({ where: "SPECTENSOR_MODE", problem: `unknown mode "${value}"`, advice: "use quick or full" });
}
