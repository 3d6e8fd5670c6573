/** Files of a gallery, whose folders are made as they are needed, and checksums. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asFileError } from "../system/systemError.js";
import { writeWhole } from "../system/wholeFile.js";

/** Writes a file so that it appears whole or not at all, after making its folder. @throws FileError */
export async function writeInFolder(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  await writeWhole(path, content);
}

/** Makes a folder and those above it. @throws FileError */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw asFileError(error, { file: path, doing: "the folder cannot be made" });
  });
}

/** SHA-256 of texts, in order, as hexadecimal digits. */
export function sha256(...texts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const t of texts) hash.update(`${t.length}:`).update(t);
  return hash.digest("hex");
}

/** SHA-256 over names and contents of all files of a folder, sorted by name; of nothing if it does not exist. */
export async function hashFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
  const parts: (string | Buffer)[] = [];
  for (const path of paths) parts.push(path.slice(folder.length), await readFile(path));
  return sha256(...parts);
}
