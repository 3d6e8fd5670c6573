/** Numbers of other codes that stand beside the repository; tests that need them are skipped where they are absent. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Parsed content of `../shared/reference/<name>.json`, or `undefined` where that folder is absent. */
export function referenceData<T>(name: string): T | undefined {
  const path = fileURLToPath(new URL(`../../../shared/reference/${name}.json`, import.meta.url));
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : undefined;
}
