/** What data there are: data/registry.json, read and checked. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { DataError, didYouMean, FormatError } from "../errors.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A relative path that cannot leave its folder. */
const relativePath = z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[\w.+-]+(\/[\w.+-]+)*$/);
const reading = {
  role: z.string().regex(/^[a-z][a-z-]*$/),
  frames: z.int().positive().optional(),
  timestep: z.number().positive().optional(),
  first: z.int().nonnegative().optional(),
  stride: z.int().positive().optional(),
  quantity: z.enum(["polarizability", "dielectric", "polarization", "current"]).optional(),
  components: z.string().optional(),
};
const embedded = z.strictObject({ ...reading, path: relativePath, bytes: z.int().positive(), sha256 });
const published = z.strictObject({
  ...reading,
  name: relativePath,
  url: z.url({ protocol: /^(https?|file)$/ }),
  bytes: z.int().positive().optional(),
  sha256: sha256.optional(),
});
const entry = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  system: z.string().min(1),
  quantities: z.array(z.string()),
  level: z.string(),
  temperature: z.number().positive().optional(),
  timestep: z.number().positive().optional(),
  runs: z.int().positive().optional(),
  licence: z.string().min(1),
  citation: z.string().min(1),
  convention: z.string(),
  files: z.array(z.union([embedded, published])),
  record: z.url({ protocol: /^https?$/ }).optional(),
  provenance: z.string().optional(),
  note: z.string().optional(),
});
const registrySchema = z.strictObject({ schema: z.literal(1), datasets: z.array(entry) });

// Written out rather than inferred: the declarations that users' compilers read then need no zod.
/** What a registry says about any file. */
export interface FileEntry {
  /** "reference", "displaced", "trajectory", "snapshots", "dipoles", "bec", "series", "table", "start", … */
  readonly role: string;
  readonly frames?: number | undefined;
  /** fs between the frames of this file, where it differs from the set's. */
  readonly timestep?: number | undefined;
  /** First frame (zero-based) and stride that belong to the set's other files. */
  readonly first?: number | undefined;
  readonly stride?: number | undefined;
  /** For plain columns: what they are and in which order. */
  readonly quantity?: "polarizability" | "dielectric" | "polarization" | "current" | undefined;
  readonly components?: string | undefined;
}

/** A file inside the package; `path` is relative to its data folder. */
export interface EmbeddedFile extends FileEntry {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that others publish and a user fetches; size and hash where they are known. */
export interface PublishedFile extends FileEntry {
  readonly name: string;
  readonly url: string;
  readonly bytes?: number | undefined;
  readonly sha256?: string | undefined;
}

/** One data set of the registry. */
export interface DatasetEntry {
  readonly id: string;
  readonly title: string;
  readonly system: string;
  readonly quantities: readonly string[];
  /** Level of theory of tensors and dynamics. */
  readonly level: string;
  /** K */
  readonly temperature?: number | undefined;
  /** fs between the frames of its trajectory */
  readonly timestep?: number | undefined;
  /** Independent runs of equal length that stand one after the other in its series; absent for one trajectory. */
  readonly runs?: number | undefined;
  readonly licence: string;
  readonly citation: string;
  /** Units and index orders in the files. */
  readonly convention: string;
  readonly files: readonly (EmbeddedFile | PublishedFile)[];
  /** Address of a Zenodo record that lists the files, where the registry does not. */
  readonly record?: string | undefined;
  readonly provenance?: string | undefined;
  readonly note?: string | undefined;
}

/** The package's data folder. */
export const dataFolder: string = fileURLToPath(new URL("../../data/", import.meta.url));

let registry: readonly DatasetEntry[] | undefined;

/** Every data set the package knows, embedded or to be fetched. @throws FormatError if the registry is damaged */
export function listDatasets(): readonly DatasetEntry[] {
  if (registry) return registry;
  const file = `${dataFolder}registry.json`;
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (cause) {
    throw new FormatError({
      file,
      problem: "the registry of data sets cannot be read",
      advice: "install the package again",
      cause,
    });
  }
  registry = parseRegistry(json, file);
  return registry;
}

/** Reads and checks the text of a registry. @throws FormatError that names the entry and field */
export function parseRegistry(json: string, file = "registry.json"): readonly DatasetEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new FormatError({ file, problem: `not JSON (${(cause as Error).message})`, cause });
  }
  const result = registrySchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new FormatError({ file, where: issue!.path.join("."), problem: issue!.message });
  }
  const { datasets } = result.data;
  const twice = datasets.find((d, k) => datasets.findIndex((e) => e.id === d.id) !== k);
  if (twice) throw new FormatError({ file, problem: `"${twice.id}" stands there twice` });
  return datasets;
}

/** The entry with this id. @throws DataError with a suggestion if there is none */
export function findDataset(id: string): DatasetEntry {
  const all = listDatasets();
  const found = all.find((d) => d.id === id);
  if (found) return found;
  const guess = didYouMean(
    id,
    all.map((d) => d.id),
  );
  throw new DataError({
    problem: `no data set "${id}"`,
    advice: guess ? `did you mean "${guess}"?` : `there are ${all.map((d) => d.id).join(", ")}`,
  });
}
