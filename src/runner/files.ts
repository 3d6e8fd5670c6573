/** Files that appear whole or not at all, and their checksums. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Writes under a temporary name in the same folder, then renames; makes the folder if needed. */
export async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
