// Throughput of the readers, streamed from a file, one thread.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { io as ioSpace } from "#built/index.js";
import { bench } from "../support/benchCase.mjs";

const { streamExtxyz, streamXdatcar } = ioSpace;

const folder = mkdtempSync(path.join(os.tmpdir(), "spectensor-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// A fixed linear congruential sequence: every run reads the same bytes.
let state = 1;
/** @param {number} range @param {number} decimals @param {number} width */
const coordinate = (range, decimals, width) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (((state / 2 ** 32) * 2 - 1) * range).toFixed(decimals).padStart(width);
};

/** @param {string} name @param {number} frames @param {(index: number) => string} frame */
function write(name, frames, frame) {
  const file = path.join(folder, name);
  writeFileSync(file, Array.from({ length: frames }, (_, f) => frame(f)).join(""));
  return { file, megabytes: statSync(file).size / 1e6 };
}

/** @param {AsyncIterable<import("#built/index.js").Frame>} frames */
async function drain(frames) {
  for await (const frame of frames) if (!(frame.structure.positions.length > 0)) throw new RangeError("no atoms");
}

const atoms = 192;
/** @param {number} f */
const extxyz = (f) =>
  `${atoms}\nLattice="12 0 0 0 12 0 0 0 12" Properties=species:S:1:pos:R:3:forces:R:3 energy=${-f} time=${f} pbc="T T T"\n` +
  Array.from(
    { length: atoms },
    (_, i) => `${i % 3 ? "H" : "O"} ${Array.from({ length: 6 }, () => coordinate(12, 8, 15)).join(" ")}\n`,
  ).join("");
/** @param {number} f */
const xdatcar = (f) =>
  (f ? "" : `bench\n1.0\n12 0 0\n0 12 0\n0 0 12\nO H\n64 128\n`) +
  `Direct configuration=${String(f + 1).padStart(6)}\n` +
  Array.from({ length: atoms }, () => `${Array.from({ length: 3 }, () => coordinate(1, 8, 12)).join("")}\n`).join("");

export const cases = [
  bench({
    name: "extended XYZ, 192 atoms with forces, streamed",
    unit: "MB/s",
    goal: 100,
    setup: () => write("bench.xyz", 2500, extxyz),
    run: async ({ file, megabytes }) => {
      await drain(streamExtxyz(file));
      return megabytes;
    },
  }),
  bench({
    name: "XDATCAR, 192 atoms, streamed",
    unit: "MB/s",
    goal: 100,
    setup: () => write("XDATCAR", 5000, xdatcar),
    run: async ({ file, megabytes }) => {
      await drain(streamXdatcar(file));
      return megabytes;
    },
  }),
];
