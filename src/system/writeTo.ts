import { write } from "node:fs";
import { promisify } from "node:util";

/** Bytes that the system takes in one call. */
const MOST = 2 ** 30;
const writeSome = promisify(write);

/** Writes all bytes to an open file, at a position or where it stands. */
export async function writeTo(descriptor: number, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    done += (await writeSome(descriptor, bytes, done, Math.min(bytes.length - done, MOST), at)).bytesWritten;
  }
}
