/** How the bytes of a file become text: packing, byte order mark and encoding, looked at in one place for every format. */
import { FormatError } from "../errors.js";

/** Bytes that {@link packing} and {@link textStart} need to see. */
export const signatureBytes = 264;

interface Packing {
  readonly signature: readonly number[];
  /** Where it stands; default at the beginning. */
  readonly offset?: number;
  readonly name: string;
  readonly advice: string;
}

/** Packed and binary files that people have and that are not unpacked here, by the bytes they begin with. */
const refused: readonly Packing[] = [
  { signature: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], name: "packed with xz", advice: "unpack it: xz -d FILE" },
  { signature: [0x42, 0x5a, 0x68], name: "packed with bzip2", advice: "unpack it: bzip2 -d FILE" },
  { signature: [0x50, 0x4b, 3, 4], name: "a zip archive", advice: "unpack it: unzip FILE" },
  { signature: [0x50, 0x4b, 5, 6], name: "an empty zip archive", advice: "get the file again" },
  { signature: [0x28, 0xb5, 0x2f, 0xfd], name: "packed with zstd", advice: "unpack it: zstd -d FILE" },
  { signature: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], name: "a 7z archive", advice: "unpack it: 7z x FILE" },
  { signature: [0x1f, 0x9d], name: "packed with compress (.Z)", advice: "unpack it: uncompress FILE" },
  { signature: [0x04, 0x22, 0x4d, 0x18], name: "packed with lz4", advice: "unpack it: lz4 -d FILE" },
  { signature: [0x75, 0x73, 0x74, 0x61, 0x72], offset: 257, name: "a tar archive", advice: "unpack it: tar xf FILE" },
  { signature: [0, 0, 7, 0xc9], name: "a GROMACS .trr file", advice: "convert it to extended XYZ" },
  { signature: [0, 0, 7, 0xcb], name: "a GROMACS .xtc file", advice: "convert it to extended XYZ" },
  { signature: [0x43, 0x4f, 0x52, 0x44], offset: 4, name: "a DCD file", advice: "convert it to extended XYZ" },
  {
    signature: [0x89, 0x48, 0x44, 0x46],
    name: "an HDF5 file",
    advice: "write what you need as extended XYZ or columns of numbers",
  },
  {
    signature: [0x43, 0x44, 0x46],
    name: "a NetCDF file",
    advice: "write what you need as extended XYZ or columns of numbers",
  },
  { signature: [0x25, 0x50, 0x44, 0x46], name: "a PDF", advice: "get the data as text" },
];

/**
 * Whether bytes are gzipped, from the first {@link signatureBytes} of them (fewer only where there are no more).
 * @throws FormatError that names packings which are not read
 */
export function packing(bytes: Uint8Array, file: string): "gzip" | "none" {
  if (startsWith(bytes, [0x1f, 0x8b])) return "gzip";
  const other = refused.find(({ signature, offset = 0 }) => startsWith(bytes.subarray(offset), signature));
  if (!other) return "none";
  throw new FormatError({ file, problem: `the file is ${other.name}, which is not read`, advice: other.advice });
}

/**
 * Where the text of an unpacked file begins; see {@link textStart}.
 * @throws FormatError for a file that was packed twice, too
 */
export function unpackedStart(bytes: Uint8Array, file: string): number {
  if (packing(bytes, file) === "gzip")
    throw new FormatError({ file, problem: "the file is gzipped twice", advice: "unpack it once: gzip -d FILE" });
  return textStart(bytes, file);
}

/**
 * Where the text begins: behind a byte order mark of UTF-8.
 * @throws FormatError for UTF-16 and UTF-32, told by their mark or by the zero bytes of plain letters
 */
export function textStart(bytes: Uint8Array, file: string): number {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return 3;
  const wide =
    startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]) || startsWith(bytes, [0, 0, 0xfe, 0xff]);
  const zeros =
    bytes.length >= 4 &&
    ((!bytes[0] && bytes[1] && !bytes[2] && bytes[3]) || (bytes[0] && !bytes[1] && bytes[2] && !bytes[3]));
  if (wide || zeros)
    throw new FormatError({
      file,
      problem: "the text is in UTF-16, as of PowerShell's > or Windows' Unicode",
      advice:
        "save it as UTF-8: Get-Content FILE | Set-Content -Encoding utf8 NEW, or iconv -f UTF-16 -t UTF-8 FILE > NEW",
    });
  return 0;
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return bytes.length >= signature.length && signature.every((b, k) => bytes[k] === b);
}
