/** Data sets published as a Zenodo record: which files there are is asked of the record itself. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { DataError, FormatError } from "../errors.js";
import { parseJson } from "../system/json.js";
import { type DownloadOptions, downloadFile } from "./download.js";

/** The part of Zenodo's answer that is used; a name must not leave the folder it is written to. */
const recordSchema = z.object({
  files: z.array(
    z.object({
      key: z.string().regex(/^[\w+-][\w.+ -]*$/),
      size: z.int().nonnegative(),
      checksum: z.string().regex(/^md5:[0-9a-f]{32}$/),
      links: z.object({ self: z.url({ protocol: /^https?$/ }) }),
    }),
  ),
});

/** One file of a record. */
export interface RecordFile {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly md5: string;
}

/**
 * The files of a record.
 * @param url of the record in Zenodo's interface, e.g. https://zenodo.org/api/records/12622340
 * @param target where the answer is kept
 * @throws FormatError if the answer is not a record; DataError if it cannot be had
 */
export async function recordFiles(url: string, target: string, options: DownloadOptions): Promise<RecordFile[]> {
  await downloadFile({ url, label: "list of files" }, target, options);
  const answer = parseJson(await readFile(target, "utf8"), url, "try again later");
  const parsed = recordSchema.safeParse(answer);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new FormatError({ file: url, where: issue.path.join("."), problem: `not a record: ${issue.message}` });
  }
  return parsed.data.files.map(({ key, size, checksum, links }) => ({
    name: key,
    url: links.self,
    bytes: size,
    md5: checksum.slice("md5:".length),
  }));
}

/** Removes a file whose MD5 is not that of its record. @throws DataError */
export async function checkMd5(path: string, file: RecordFile, where: string): Promise<void> {
  const hash = createHash("md5");
  await pipeline(createReadStream(path), hash);
  if (hash.digest("hex") === file.md5) return;
  await rm(path, { force: true });
  throw new DataError({ where, problem: `MD5 of ${file.name} is not that of the record`, advice: "fetch it again" });
}
