/** What a new project depends on, so that whoever gets the project can install it. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../system/exists.js";
import { printWarning } from "./fileOptions.js";
import { packageVersion } from "./version.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The version range or address that npm is told. This package from a registry is its version; otherwise (a checkout, a tarball) it is
 * packed into the project, which then installs anywhere.
 * @param project where the project will be
 * @param folder where it is written now
 * @param given a version as it is; a file or folder as npm wants it
 */
export async function dependencyOf(project: string, folder: string, given?: string): Promise<string> {
  const address = (path: string): string => `file:${relative(project, resolve(path)).replaceAll("\\", "/")}`;
  if (given !== undefined) return (await exists(given)) ? address(given) : given;
  if (await fromRegistry()) return `^${packageVersion()}`;
  const tarball = await pack(folder);
  if (tarball !== undefined) return `file:./${tarball}`;
  printWarning({
    where: "package.json",
    problem: "this package could not be packed into the project, which therefore installs on this machine only",
    advice: "npm must be on the path; or name a version or tarball with --package",
  });
  return address(ROOT);
}

/** Whether npm got this installation from a registry, by npm's own record of it. */
async function fromRegistry(): Promise<boolean> {
  const modules = dirname(resolve(ROOT));
  if (!/[\\/]node_modules$/.test(modules)) return false;
  try {
    const record = JSON.parse(await readFile(join(modules, ".package-lock.json"), "utf8"));
    return /^https?:/.test(record.packages["node_modules/spectensor"].resolved);
  } catch {
    return false;
  }
}

/** Packs this installation as `npm pack` does, nothing being built. @returns name of the tarball; undefined where npm cannot */
function pack(folder: string): Promise<string | undefined> {
  const args = ["pack", resolve(ROOT), "--ignore-scripts", "--json", "--pack-destination", folder];
  // Within `npx` and `npm run` the npm that runs says where it is.
  const own = process.env.npm_execpath;
  const [program, first] = own && /\.c?js$/.test(own) ? [process.execPath, [own]] : ["npm", []];
  return new Promise((done) => {
    const options = { cwd: folder, shell: program === "npm" && process.platform === "win32" };
    execFile(program, [...first, ...args], options, (error, out) => {
      try {
        done(error ? undefined : (JSON.parse(out)[0].filename as string));
      } catch {
        done(undefined);
      }
    });
  });
}
