import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SRC = new URL("../../src", import.meta.url).pathname;
/** Who may call the system's own functions for writing, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  "system/wholeFile.ts": "the one writer",
  "system/temporaryFile.ts": "its temporary files",
  "system/writeTo.ts": "bytes into a file that one of these has opened",
  "system/journaledFile.ts": "grows under a lock, kept for the next attempt",
  "system/outputCheck.ts": "a trial block into a temporary file",
  "system/lock.ts": "exclusive creation of a lock",
  "dynamics/trajectoryFile.ts": "grows under a lock",
  "dataset/download.ts": "grows under a lock, kept for the next attempt",
  "runner/kernel.ts": "the connection file in a private folder of the system's",
  "cli/new.ts": "renames a whole folder",
  "batch/shard.ts": "the log of a shard under its lock",
  "model/file/modelFile.ts": "opens to read",
  "cli/projectNotebook.ts": "the text of a notebook, whose cells write files of the user's",
};
const WRITING =
  /\b(writeFile|appendFile|createWriteStream|copyFile|rename|write|writev|link|symlink|truncate|open)(Sync)?\b/;

it("writes files in one way: no other source imports a function of the system that writes", () => {
  const found = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !(path in ALLOWED))
    .filter((path) => {
      const text = readFileSync(join(SRC, path), "utf8");
      return [...text.matchAll(/import (?:\{([^}]*)\}|\w+|\* as \w+) from "node:fs(?:\/promises)?"/g)].some(
        ([, names]) => names === undefined || WRITING.test(names),
      );
    });
  expect(found).toEqual([]);
});
