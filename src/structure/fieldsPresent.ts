import type { Frame } from "./frame.js";

/**
 * What frames hold besides structures, by our names and by those of the file, for messages about something that is missing.
 * @returns e.g. "the frames have energy, forces and, by the file's names, alpha_pbe"
 */
export function fieldsPresent(frames: readonly Frame[]): string {
  const ours = new Set<string>();
  const files = new Set<string>();
  for (const { structure: _, notFinite: __, info = {}, arrays = {}, ...fields } of frames) {
    for (const name of Object.keys(fields)) ours.add(name);
    for (const name of [...Object.keys(info), ...Object.keys(arrays)]) files.add(name);
  }
  const parts = [
    ...(ours.size > 0 ? [[...ours].join(", ")] : []),
    ...(files.size > 0
      ? [`by the file's names, ${[...files].slice(0, 12).join(", ")}${files.size > 12 ? ", …" : ""}`]
      : []),
  ];
  return parts.length === 0 ? "the frames have structures only" : `the frames have ${parts.join(" and, ")}`;
}
