/**
 * Compiles every AssemblyScript kernel assembly/<name>.ts, with the modules in folders there that it imports, to <name>.wasm
 * beside this file (git-ignored).
 *
 *     node src/wasm/build.mjs            compile what has changed
 *     node src/wasm/build.mjs --force    compile everything
 *     node src/wasm/build.mjs --copy     also copy the kernels to dist/wasm
 *
 * The same sources give the same bytes. Each kernel ends in a custom section with the SHA-256 of everything it was made
 * from, which is how an up-to-date kernel is recognised, whatever the clock or git did to file times.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const assembly = join(here, "assembly");
const distribution = join(here, "..", "..", "dist", "wasm");

/** Relaxed SIMD stays off: its fused operations differ between machines, and results must not. */
const options = ["-O3", "--noAssert", "--converge", "--runtime", "stub", "--enable", "simd", "--use", "abort="];
/** Kernels whose memory several threads work in: it is imported, and large enough for any of them (4 GiB, taken as needed). */
const shared = [
  "--importMemory",
  "--sharedMemory",
  "--enable",
  "threads",
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
];
const threaded = new Set(["linalg.ts"]);

const sources = readdirSync(assembly, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
  .sort();
const kernels = sources.filter((file) => file === basename(file));
const fingerprint = sourceHash();

void build();

async function build() {
  for (const source of kernels) {
    const target = join(here, `${basename(source, ".ts")}.wasm`);
    if (process.argv.includes("--force") || !isUpToDate(target)) {
      writeWhole(target, withFingerprint(await compile(source)));
      console.log(`built ${relative(process.cwd(), target)}`);
    }
    if (process.argv.includes("--copy")) {
      mkdirSync(distribution, { recursive: true });
      writeWhole(join(distribution, basename(target)), readFileSync(target));
    }
  }
}

/** Kernels may import each other, so each depends on all sources, the options and the compiler's version. */
function sourceHash() {
  const hash = createHash("sha256").update([...options, ...shared, ...threaded].join(" "));
  const compiler = join(here, "..", "..", "node_modules", "assemblyscript", "package.json");
  if (existsSync(compiler)) hash.update(JSON.parse(readFileSync(compiler, "utf8")).version);
  for (const source of sources) hash.update(`\0${source}\0`).update(readFileSync(join(assembly, source)));
  return hash.digest();
}

/** @param {string} target */
function isUpToDate(target) {
  return existsSync(target) && readFileSync(target).subarray(-fingerprint.length).equals(fingerprint);
}

/** Appends a custom section (id 0): size, name length, name, content; every length here fits one LEB128 byte. @param {Buffer} binary */
function withFingerprint(binary) {
  const name = Buffer.from("sources");
  const content = Buffer.concat([Buffer.from([name.length]), name, fingerprint]);
  return Buffer.concat([binary, Buffer.from([0, content.length]), content]);
}

/** @param {string} source @returns {Promise<Buffer>} */
async function compile(source) {
  // The compiler is only needed, and only loaded, when something has changed.
  const { default: asc } = await import("assemblyscript/asc");
  /** @type {Buffer | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [source, "--outFile", "kernel.wasm", ...options, ...(threaded.has(source) ? shared : [])],
    {
      readFile: (name) => {
        const path = join(assembly, name);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (_name, content) => {
        binary = Buffer.from(content);
      },
      listFiles: () => [],
    },
  );
  const messages = stderr.toString();
  if (messages) process.stderr.write(messages);
  if (error || !binary) {
    console.error(`src/wasm/assembly/${source} does not compile; see the messages above`);
    process.exit(1);
  }
  return binary;
}

/** Readers never see half a file, also when two builds run at once. @param {string} path @param {Uint8Array} bytes */
function writeWhole(path, bytes) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
