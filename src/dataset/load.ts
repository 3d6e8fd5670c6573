import { DataError } from "../errors.js";
import { trajectoryCollector } from "../io/collect.js";
import { loadColumns } from "../io/columns.js";
import { detectFormat } from "../io/formats.js";
import { streamFrames } from "../io/load.js";
import { byteChunks } from "../io/source.js";
import { parseTable } from "../io/table.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { RUN_FIELDS } from "../options/values.js";
import type { RunOptions } from "../progress.js";
import { ensembleOfJoined, type SeriesEnsemble } from "../series/ensemble.js";
import { type FrameQuantity, seriesOfFrames } from "../series/fromFrames.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import type { Frame } from "../structure/frame.js";
import { cellVolume } from "../structure/structure.js";
import type { Trajectory } from "../structure/trajectory.js";
import { PLACE_FIELDS, type PlaceOptions, verifiedPath } from "./files.js";
import { type DatasetEntry, findDataset } from "./registry.js";

/** What a data set can hold as one tensor per frame. */
export type SeriesQuantity = FrameQuantity | "current";

/** Columns of a table by name. */
export type Table = Readonly<Record<string, Float64Array>>;

/** A data set in memory. Tensors are in this package's units and index orders. */
export interface Dataset {
  readonly entry: DatasetEntry;
  /** The relaxed structure that displacements start from, where the set has one. */
  readonly reference?: Frame;
  /** Displaced copies of the reference; empty if there are none. */
  readonly displaced: readonly Frame[];
  /** Frames of the trajectory with whatever was computed for them (configurations, if there is no trajectory). */
  readonly frames: readonly Frame[];
  /** Frames of every file by its role, e.g. "snapshots", "dipoles", "bec". */
  readonly parts: Readonly<Record<string, readonly Frame[]>>;
  /** Tables that come with it, by the name of their file, e.g. g(r) and errors of learned dynamics; the set's README states units. */
  readonly tables: Readonly<Record<string, Table>>;
  /** What {@link Dataset.series} can give. */
  readonly quantities: readonly SeriesQuantity[];
  /** fs between `frames`, where they are evenly spaced. */
  readonly timestep?: number;
  /** The positions of `frames` as one trajectory. @throws DataError if the set has no frames */
  trajectory(role?: string): Trajectory;
  /** Independent runs that the frames and series come from; 1 for one trajectory. */
  readonly runs: number;
  /** One tensor per frame. @throws DataError if the set does not hold it, or holds several independent runs (see `ensemble`) */
  series(quantity: SeriesQuantity): TensorSeries;
  /** One series for each independent run, which raman() and infrared() average over. @throws DataError if the set does not hold it */
  ensemble(quantity: SeriesQuantity): SeriesEnsemble;
}

const OPTIONS = record({ ...PLACE_FIELDS, ...RUN_FIELDS } satisfies Fields<PlaceOptions & RunOptions>);

/**
 * Loads a data set by its id, or from an entry of one's own; every file is checked against its SHA-256 first.
 * @throws DataError for an unknown id, a file that was not fetched, or a damaged one
 * @throws FormatError if a file cannot be read
 * @example
 * const water = await loadDataset("h2o");
 * water.series("polarizability").timestep // 2
 */
export async function loadDataset(
  id: string | DatasetEntry,
  options: PlaceOptions & RunOptions = {},
): Promise<Dataset> {
  readOptions(OPTIONS, options, "loadDataset");
  const entry = typeof id === "string" ? findDataset(id) : id;
  if (entry.files.length === 0)
    throw new DataError({
      where: `data set ${entry.id}`,
      problem: "has no files to load",
      ...(entry.note && { advice: entry.note }),
    });
  const parts: Record<string, Frame[]> = {};
  const columns: TensorSeries[] = [];
  const tables: Record<string, Table> = {};
  const { signal } = options;
  for (const [k, file] of entry.files.entries()) {
    const path = await verifiedPath(entry, file, options);
    const timestep = file.timestep ?? entry.timestep;
    const name = `${entry.id}/${"path" in file ? file.path.replace(/^.*\//, "") : file.name}`;
    const read = { name, ...(signal && { signal }) };
    if (file.role === "table") {
      tables[name.replace(/^.*\/|\.csv(\.gz)?$/g, "")] = await readTable(path, read);
      continue;
    }
    const format = await detectFormat(path, read);
    if (format === "columns") {
      const { quantity = "polarizability", components } = file;
      columns.push(
        await loadColumns(path, {
          ...read,
          quantity,
          origin: name,
          ...(components && { components }),
          ...(timestep && { timestep }),
        }),
      );
    } else {
      const { first = 0, stride = 1 } = file;
      const frames: Frame[] = [];
      let index = 0;
      for await (const frame of streamFrames(path, { ...read, format })) {
        if (index >= first && (index - first) % stride === 0) frames.push(frame);
        index++;
      }
      if (file.frames !== undefined && frames.length !== file.frames)
        throw new DataError({ where: name, problem: `${frames.length} frames, the registry says ${file.frames}` });
      parts[file.role] = [...(parts[file.role] ?? []), ...frames];
    }
    options.onProgress?.({ label: `loading ${entry.id}`, done: k + 1, total: entry.files.length, unit: "files" });
  }
  return assemble(entry, parts, columns, tables);
}

async function readTable(path: string, read: { readonly name: string }): Promise<Table> {
  const pieces: Uint8Array[] = [];
  for await (const piece of byteChunks(path, read)) pieces.push(piece);
  const { names, columns } = parseTable(Buffer.concat(pieces), read);
  if (!names) throw new DataError({ where: read.name, problem: "no header line that names the columns" });
  return Object.fromEntries(names.map((name, k) => [name, columns[k]!]));
}

const frameQuantities: readonly FrameQuantity[] = ["polarizability", "dielectric", "polarization", "bornCharges"];
const frameRoles = ["trajectory", "dipoles", "bec", "training"] as const;

function assemble(
  entry: DatasetEntry,
  parts: Readonly<Record<string, Frame[]>>,
  columns: readonly TensorSeries[],
  tables: Readonly<Record<string, Table>>,
): Dataset {
  const where = `data set ${entry.id}`;
  const role = frameRoles.find((r) => parts[r]);
  const frames = role ? parts[role]! : [];
  const { timestep } = entry;
  const { runs = 1 } = entry;
  const reference = parts.reference?.[0];
  // The cell of the trajectory, or else of whatever structure comes with the columns.
  const cell = [...frames, ...Object.values(parts).flat()].find((f) => f.structure.cell)?.structure.cell;
  const all = (quantity: SeriesQuantity): TensorSeries => {
    const given = columns.find((s) => s.quantity === quantity);
    if (given) return cell ? { ...given, volume: cellVolume(cell) } : given;
    if (quantity === "current") throw new DataError({ where, problem: "holds no current" });
    return seriesOfFrames(frames, quantity, { origin: entry.id, ...(timestep !== undefined && { timestep }) });
  };
  return {
    entry,
    ...(reference && { reference }),
    displaced: parts.displaced ?? [],
    frames,
    parts,
    tables,
    quantities: [
      ...frameQuantities.filter((q) => columns.some((s) => s.quantity === q) || frames[0]?.[q]),
      ...(columns.some((s) => s.quantity === "current") ? (["current"] as const) : []),
    ],
    ...(timestep !== undefined && { timestep }),
    trajectory(wanted = role ?? "trajectory") {
      const chosen = parts[wanted];
      if (!chosen)
        throw new DataError({
          where,
          problem: `has no "${wanted}"`,
          advice: `it has ${Object.keys(parts).join(", ")}`,
        });
      const untimed = chosen[0]?.time === undefined && timestep !== undefined;
      const collector = trajectoryCollector({ name: `${entry.id}, ${wanted}`, ...(untimed && { timestep }) });
      for (const frame of chosen) collector.add(frame);
      return collector.finish();
    },
    runs,
    series(quantity) {
      if (runs === 1) return all(quantity);
      throw new DataError({
        where,
        problem: `holds ${runs} independent runs of ${quantity}, which are no single series`,
        advice: `use ensemble("${quantity}"), which raman() and infrared() average over, or one of its runs`,
      });
    },
    ensemble: (quantity) => ensembleOfJoined(all(quantity), runs),
  };
}
