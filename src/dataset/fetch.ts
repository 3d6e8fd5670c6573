import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, number, positive, RUN_FIELDS } from "../options/values.js";
import { type DownloadOptions, downloadFile } from "./download.js";
import {
  defaultCacheFolder,
  type FileState,
  filePath,
  PLACE_FIELDS,
  type PlaceOptions,
  verifiedPath,
} from "./files.js";
import { type DatasetEntry, findDataset } from "./registry.js";
import { checkMd5, recordFiles } from "./zenodo.js";

/** Options of {@link fetchDataset}. */
export interface FetchOptions extends DownloadOptions, Pick<PlaceOptions, "cacheDir"> {}

const OPTIONS = record({
  ...RUN_FIELDS,
  cacheDir: PLACE_FIELDS.cacheDir,
  retries: integer({ atLeast: 0 }).optional(),
  backoff: number({ atLeast: 0 }, "ms").optional(),
  stall: positive("ms").optional(),
} satisfies Fields<FetchOptions>);

/**
 * Fetches the published files of a data set into the cache folder; files that are there and in order are left alone.
 * An interrupted fetch goes on where it stopped.
 * @param id id, or an entry of one's own
 * @returns the state of every file
 * @throws DataError for an unknown id, a set that has nothing to fetch, or a file that cannot be had
 * @throws AbortedError if interrupted
 */
export async function fetchDataset(id: string | DatasetEntry, options: FetchOptions = {}): Promise<FileState[]> {
  readOptions(OPTIONS, options, "fetchDataset");
  const entry = typeof id === "string" ? findDataset(id) : id;
  const states: FileState[] = [];
  for (const file of entry.files) {
    if ("path" in file) continue;
    const path = filePath(entry, file, options);
    const there =
      (await stat(path).catch(() => undefined)) && (await verifiedPath(entry, file, options).catch(() => undefined));
    const { url, bytes, sha256 } = file;
    if (!there)
      await downloadFile(
        { url, label: `${entry.id}/${file.name}`, ...(bytes !== undefined && { bytes }), ...(sha256 && { sha256 }) },
        path,
        options,
      );
    states.push({ id: entry.id, file: file.name, state: "ok" });
  }
  if (entry.record) states.push(...(await fetchRecord(entry, entry.record, options)));
  if (states.length === 0)
    throw new DataError({
      where: `data set ${entry.id}`,
      problem: "has no files to fetch",
      advice: entry.note ?? "it is part of the package: load it directly",
    });
  return states;
}

/** Every file of a published record, as the record itself lists them. */
async function fetchRecord(entry: DatasetEntry, record: string, options: FetchOptions): Promise<FileState[]> {
  const folder = join(options.cacheDir ?? defaultCacheFolder(), entry.id);
  const states: FileState[] = [];
  for (const file of await recordFiles(record, join(folder, "record.json"), options)) {
    const path = join(folder, file.name);
    const there = await stat(path).catch(() => undefined);
    if (there?.size !== file.bytes) {
      const { url, bytes } = file;
      await downloadFile({ url, label: `${entry.id}/${file.name}`, bytes }, path, options);
    }
    await checkMd5(path, file, `data set ${entry.id}`);
    states.push({ id: entry.id, file: file.name, state: "ok" });
  }
  return states;
}
