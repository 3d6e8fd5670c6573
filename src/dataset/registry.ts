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
  /** fs between the frames of this file, where it differs from the set's. */
  timestep: z.number().positive().optional(),
  /** First frame (zero-based) and stride that belong to the set's other files. */
  first: z.int().nonnegative().optional(),
  stride: z.int().positive().optional(),
  /** For plain columns: what they are and in which order. */
  quantity: z.enum(["polarizability", "dielectric", "polarization"]).optional(),
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
  licence: z.string().min(1),
  citation: z.string().min(1),
  convention: z.string(),
  files: z.array(z.union([embedded, published])),
  provenance: z.string().optional(),
  note: z.string().optional(),
});
const registrySchema = z.strictObject({ schema: z.literal(1), datasets: z.array(entry) });

/** A file inside the package. */
export type EmbeddedFile = z.infer<typeof embedded>;
/** A file that others publish and a user fetches. */
export type PublishedFile = z.infer<typeof published>;
/** One data set of the registry. `temperature` in K, `timestep` in fs between the frames of its trajectory. */
export type DatasetEntry = z.infer<typeof entry>;

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
