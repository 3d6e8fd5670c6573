/** What `--out` of a spectrum or a table asks for: text or a picture, on standard output or in a file. */
import { extname } from "node:path";
import type { Command } from "commander";
import { OptionError } from "../errors.js";
import type { Figure } from "../figure/figure.js";
import { type PictureOptions, pictureSvg } from "../figure/picture.js";
import { pictureContent } from "../figure/saveFigure.js";
import { writeText } from "../io/write.js";
import { writeWhole } from "../system/wholeFile.js";
import { positiveOption } from "./parse.js";

/** Size of a picture as the command line gives it. */
export interface PictureFlags {
  readonly width?: number;
  readonly height?: number;
  readonly fontSize?: number;
  readonly resolution?: number;
}

const TEXTS = ["csv", "json", "svg"] as const;
const FORMATS = [...TEXTS, "png", "pdf"] as const;
type OutputFormat = (typeof FORMATS)[number];

/** Help of `--out` without its default. */
export const OUT_HELP = "csv, json or svg on standard output, or a file that ends in .csv, .json, .svg, .png or .pdf";

/** Options for the size of pictures. */
export function pictureOptions(command: Command): Command {
  return command
    .option("--width <mm>", "of a picture in print, e.g. 86 for a column of a journal", positiveOption("width"))
    .option("--height <mm>", "of a picture in print (default: in proportion)", positiveOption("height"))
    .option(
      "--font-size <pt>",
      "of a picture in print (default: 8 with --width, otherwise 9.75)",
      positiveOption("font-size"),
    )
    .option(
      "--resolution <dpi>",
      "of a .png in dots per inch (default: 300 with --width, otherwise 192)",
      positiveOption("resolution"),
    );
}

/** Whether `--out` asks for a format on standard output, not for a file. */
export function isStandardOutput(out: string): boolean {
  return TEXTS.some((format) => format === out);
}

/** The format that `--out` asks for, by itself or by the ending of a file. @throws OptionError for another ending */
export function formatOf(out: string): OutputFormat {
  const ending = extname(out.replace(/\.gz$/i, "")).slice(1).toLowerCase();
  const packed = /\.gz$/i.test(out);
  const found = FORMATS.find((format) => (isStandardOutput(out) ? format === out : format === ending));
  if (found && !(packed && (found === "png" || found === "pdf"))) return found;
  const binary = FORMATS.find((format) => format === out);
  throw new OptionError({
    where: "--out",
    problem: binary
      ? `${binary} is not written to standard output`
      : `"${out}" is neither ${TEXTS.join(", ")} nor a file that ends in .${FORMATS.join(", .")}`,
    ...(binary && { advice: `give a file, e.g. --out picture.${binary}` }),
  });
}

/**
 * Checks `--out` and the size of pictures before any work.
 * @throws OptionError for an ending that is not known, or a size where no picture is asked for
 */
export function checkFormat(out: string | undefined, flags: PictureFlags): void {
  const format = out === undefined ? undefined : formatOf(out);
  const given = (["width", "height", "fontSize", "resolution"] as const).filter((name) => flags[name] !== undefined);
  const unused = given.find((name) => format === undefined || !fits(name, format));
  if (unused)
    throw new OptionError({
      where: `--${unused === "fontSize" ? "font-size" : unused}`,
      problem: `is for pictures, and ${out === undefined ? "none is asked for" : `${out} is none`}${unused === "resolution" && format !== undefined && format !== "csv" && format !== "json" ? " made of dots" : ""}`,
      advice: `give a file with --out that ends in ${unused === "resolution" ? ".png" : ".svg, .png or .pdf"}`,
    });
}

function fits(name: keyof PictureFlags, format: OutputFormat): boolean {
  return name === "resolution" ? format === "png" : format !== "csv" && format !== "json";
}

/** Writes what `out` asks for, files whole or not at all. */
export async function writeOutput(
  out: string,
  content: { readonly csv: () => string; readonly json: () => string; readonly figure: () => Figure },
  flags: PictureFlags,
): Promise<void> {
  const format = formatOf(out);
  const { width, height, fontSize, resolution } = flags;
  const options: PictureOptions = {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(fontSize !== undefined && { fontSize }),
    ...(resolution !== undefined && { resolution }),
  };
  if (format === "png" || format === "pdf")
    return writeWhole(out, await pictureContent(content.figure(), format, options));
  const text = format === "svg" ? pictureSvg(content.figure(), options) : content[format]();
  if (isStandardOutput(out)) process.stdout.write(text);
  else await writeText(out, [text]);
}
