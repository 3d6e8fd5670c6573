import { randomBytes } from "node:crypto";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { verifiedPath } from "../dataset/files.js";
import { findDataset } from "../dataset/registry.js";
import { DataError } from "../errors.js";
import { writeNotebook } from "../runner/nbformat.js";
import { exists } from "../system/exists.js";
import { writeWhole } from "../system/wholeFile.js";
import { dependencyOf } from "./newDependency.js";
import { print } from "./output.js";
import { dataReadme, PROJECT_IGNORE, packageName, projectManifest, projectReadme } from "./projectFiles.js";
import { projectNotebook } from "./projectNotebook.js";

/** `spectensor new FOLDER` */
export function newCommand(): Command {
  return new Command("new")
    .description("make a folder with a notebook for your own files, the kernel it needs and a folder for data")
    .argument("<folder>", "must not exist yet")
    .option(
      "--package <what>",
      "spectensor to depend on: a version, or a file or folder (default: this one, as a tarball inside the project)",
    )
    .addHelpText("after", "\nExample:\n  $ npx spectensor new my-project && cd my-project && npm install && npm start")
    .action(async (folder: string, flags: { package?: string }) => {
      await makeProject(folder, flags.package);
      print(`made ${folder}; next: cd ${folder} && npm install && npm start`);
    });
}

/**
 * Writes a new project. It appears whole or not at all.
 * @param dependency version, file or folder of spectensor; default this one, packed into the project unless it came from a registry
 * @throws DataError if there is something of that name already
 */
export async function makeProject(folder: string, dependency?: string): Promise<void> {
  const path = resolve(folder);
  if (await exists(path))
    throw new DataError({
      where: folder,
      problem: "it is there already",
      advice: "nothing was changed; give the name of a new folder",
    });
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(temporary, { recursive: true });
    await writeProject(temporary, basename(path), await dependencyOf(path, temporary, dependency));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function writeProject(folder: string, title: string, dependency: string): Promise<void> {
  const set = findDataset("h2o");
  const source = set.files.find((f) => f.role === "trajectory")!;
  const example = "data/example.xyz.gz";
  await mkdir(join(folder, "data"));
  await copyFile(await verifiedPath(set, source), join(folder, example));
  await writeWhole(join(folder, "package.json"), projectManifest(packageName(title), dependency));
  await writeWhole(join(folder, ".gitignore"), PROJECT_IGNORE);
  await writeWhole(join(folder, "README.md"), projectReadme(title, dependency));
  await writeWhole(join(folder, "data", "README.md"), dataReadme(basename(example), set.licence));
  await writeNotebook(join(folder, "raman.ipynb"), projectNotebook({ example, timestep: set.timestep! }));
}
