/** How many threads work is spread over. */
import { availableParallelism } from "node:os";
import { OptionError } from "../errors.js";

/** Variable of the environment with the default number of threads, for who runs several processes on one machine. */
export const WORKERS_VARIABLE = "SPECTENSOR_WORKERS";

/**
 * As many threads as asked for; otherwise as the variable SPECTENSOR_WORKERS says, or one per processor.
 * @throws OptionError
 */
export function threadCount(workers?: number): number {
  if (workers !== undefined) return checked(workers, "workers");
  const given = process.env[WORKERS_VARIABLE];
  return given ? checked(Number(given), WORKERS_VARIABLE) : availableParallelism();
}

function checked(workers: number, where: string): number {
  if (Number.isInteger(workers) && workers >= 0) return workers;
  throw new OptionError({ where, problem: `expected a whole number of threads, found ${workers}` });
}
