/** Which notebooks a run takes, and where in the gallery each goes. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { DataError } from "../errors.js";

/** Folders of packages and environments hold notebooks of others. */
const FOREIGN = new Set(["node_modules", "venv", "__pycache__", "site-packages"]);

/**
 * The notebooks themselves, and those in folders: not in hidden ones, in packages, in galleries.
 * @param paths notebooks and folders
 * @param gallery where executed copies go
 * @throws DataError if a path does not exist, or nothing is found
 */
export async function findNotebooks(paths: readonly string[], gallery: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith(".") || FOREIGN.has(entry.name)) continue;
      if (entry.isDirectory() && !isWithin(path, gallery)) await walk(path);
      else if (entry.isFile() && entry.name.endsWith(".ipynb")) found.push(path);
    }
  };
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info) throw new DataError({ where: path, problem: "no such notebook or folder" });
    if (info.isDirectory()) await walk(path);
    else found.push(path);
  }
  if (found.length === 0) throw new DataError({ where: paths.join(", "), problem: "no notebook found" });
  return [...new Map(found.map((path) => [resolve(path), path])).values()];
}

/** Whether a path is a folder or in it; "gallery2" is not in "gallery". */
export function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [resolve(path), resolve(folder)];
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/**
 * Path below the gallery, another one for every notebook: the path from here, without a leading "notebooks" where that is no other
 * notebook; for one elsewhere or in a hidden folder its name in a folder named after its own.
 */
export function placeInGallery(path: string): string {
  const full = resolve(path);
  const here = relative(process.cwd(), full);
  if (/(^|[\\/])\./.test(here) || resolve(here) !== full || here.startsWith("elsewhere")) {
    const folder = dirname(full);
    const mark = createHash("sha256").update(folder).digest("hex").slice(0, 8);
    return join("elsewhere", `${basename(folder)}-${mark}`, basename(full));
  }
  const short = here.replace(/^notebooks[\\/]/, "");
  const place = short !== here && existsSync(short) ? here : short;
  // The gallery's own page is index.html.
  return place === "index.ipynb" ? "index.notebook.ipynb" : place;
}
