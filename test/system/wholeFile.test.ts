import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { AbortedError, FileError, OptionError } from "../../src/errors.js";
import { checkOutput, checkOutputFolder } from "../../src/system/outputCheck.js";
import { leftovers } from "../../src/system/temporaryFile.js";
import { writeWhole, writeWholeSync } from "../../src/system/wholeFile.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-whole-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const unixOnly = it.skipIf(process.platform === "win32");

/** Both ways of writing keep the same promises. */
const ways = [
  ["in pieces", (path: string, text: string) => writeWhole(path, [text.slice(0, 2), Buffer.from(text.slice(2))])],
  ["in one go", async (path: string, text: string) => writeWholeSync(path, text)],
] as const;

describe.each(ways)("a file written %s", (way, write) => {
  const own = (name: string): string => at(`${way.replaceAll(" ", "-")}-${name}`);

  it("has the content, keeps the rights of the earlier one and leaves nothing beside", async () => {
    writeFileSync(own("rights"), "old", { mode: 0o640 });
    chmodSync(own("rights"), 0o640);
    await write(own("rights"), "new text");
    expect(readFileSync(own("rights"), "utf8")).toBe("new text");
    if (process.platform !== "win32") expect(statSync(own("rights")).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  unixOnly("goes through symbolic links, also to what is not there yet and through several folders", async () => {
    mkdirSync(own("a/b"), { recursive: true });
    symlinkSync("../target", own("a/b/link"));
    symlinkSync(own("a/b"), own("short"));
    await write(join(own("short"), "link"), "through");
    expect(readFileSync(own("a/target"), "utf8")).toBe("through");
    expect(lstatSync(own("a/b/link")).isSymbolicLink()).toBe(true);
    await write(join(own("short"), "link"), "again");
    expect(readFileSync(own("a/target"), "utf8")).toBe("again");
  });

  unixOnly("leaves other names of the earlier file alone", async () => {
    writeFileSync(own("one"), "precious");
    linkSync(own("one"), own("two"));
    await write(own("two"), "new");
    expect([readFileSync(own("one"), "utf8"), readFileSync(own("two"), "utf8")]).toEqual(["precious", "new"]);
  });

  unixOnly("goes into a device, which stays one", async () => {
    await write("/dev/null", "gone");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(readdirSync("/dev").filter((name) => name.includes("part"))).toEqual([]);
  });

  it("says what is wrong with the path", async () => {
    writeFileSync(own("file"), "");
    await expect(write(folder, "x")).rejects.toThrow(/is a folder; give the name of a file in it/);
    await expect(write(`${own("new")}/`, "x")).rejects.toThrow(FileError);
    await expect(write(join(own("nowhere"), "x"), "x")).rejects.toThrow(/there is no folder .*nowhere; make it first/);
    await expect(write(join(own("file"), "x"), "x")).rejects.toThrow(/ENOTDIR/);
    await expect(write(own("n".repeat(300)), "x")).rejects.toThrow(/the name is too long/);
    if (process.platform === "win32") return;
    symlinkSync(own("circle"), own("circle"));
    await expect(write(own("circle"), "x")).rejects.toThrow(/in a circle/);
  });

  it("may have a name as long as the file system allows", async () => {
    const long = own("é".repeat(100)); // 200 bytes and the start
    await write(long, "x");
    expect(readFileSync(long, "utf8")).toBe("x");
  });

  it.skipIf(!existsSync("/dev/full"))("says that the disk is full, and where", async () => {
    await expect(write("/dev/full", "x")).rejects.toThrow(
      /\/dev\/full: cannot be written: the disk is full \(ENOSPC\)/,
    );
  });
});

describe("a failure", () => {
  it("leaves the earlier file as it was, and says so", async () => {
    writeFileSync(at("kept"), "earlier");
    async function* broken(): AsyncGenerator<string> {
      yield "half";
      throw Object.assign(new Error("write"), { code: "ENOSPC", errno: -28, syscall: "write" });
    }
    await expect(writeWhole(at("kept"), broken())).rejects.toThrow(/disk is full.*the earlier file is as it was/);
    expect(readFileSync(at("kept"), "utf8")).toBe("earlier");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("by an abort is told as one", async () => {
    const controller = new AbortController();
    async function* slow(): AsyncGenerator<string> {
      yield "half";
      controller.abort();
      yield "more";
    }
    await expect(writeWhole(at("aborted"), slow(), { signal: controller.signal })).rejects.toThrow(AbortedError);
    expect(existsSync(at("aborted"))).toBe(false);
  });

  it("of the content's own making stays what it is", async () => {
    async function* own(): AsyncGenerator<string> {
      yield "half";
      throw new OptionError("mine");
    }
    await expect(writeWhole(at("own"), own())).rejects.toThrow(new OptionError("mine"));
  });
});

describe("the check before the work", () => {
  unixOnly("refuses an output that is an input, by its name, a hard link or a symbolic link", () => {
    writeFileSync(at("input"), "data");
    linkSync(at("input"), at("hard"));
    symlinkSync("input", at("soft"));
    for (const name of ["input", "hard", "soft"])
      expect(() => checkOutput(at(name), [at("other"), at("input")])).toThrow(OptionError);
    expect(() => checkOutput(at("input"), [at("soft")])).toThrow(/same file as the input/);
    expect(checkOutput(at("output"), [at("input")])).toEqual({ leftovers: [] });
    expect(readFileSync(at("input"), "utf8")).toBe("data");
  });

  unixOnly("refuses devices where the output is read again", () => {
    expect(checkOutput("/dev/null", [], "any")).toEqual({ leftovers: [] });
    expect(() => checkOutput("/dev/null", [], "file")).toThrow(/device or a pipe/);
  });

  it("finds the folder that is to hold new ones", () => {
    writeFileSync(at("plain"), "");
    checkOutputFolder(at("not/yet/there"));
    expect(existsSync(at("not"))).toBe(false);
    expect(() => checkOutputFolder(join(at("plain"), "in", "it"))).toThrow(/plain is a file, not a folder/);
  });
});

/** A process of its own that writes forever; the built package. */
function writer(path: string): ReturnType<typeof spawn> {
  const module = pathToFileURL(new URL("../../dist/system/wholeFile.js", import.meta.url).pathname).href;
  const code = `const { writeWhole } = await import(${JSON.stringify(module)});
    async function* forever() { for (;;) { yield "x".repeat(1000); await new Promise((r) => setTimeout(r, 5)); } }
    await writeWhole(${JSON.stringify(path)}, forever());`;
  return spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
}

async function part(name: string): Promise<string> {
  for (;;) {
    const found = readdirSync(folder).find((n) => n.startsWith(`.${name}.`));
    if (found && statSync(at(found)).size > 0) return found;
    await new Promise((r) => setTimeout(r, 10));
  }
}

describe("a process that is ended while it writes", () => {
  unixOnly.each(["SIGTERM", "SIGHUP"] as const)(
    "by %s removes its temporary file and ends by that signal",
    async (signal) => {
      const child = writer(at(signal));
      await part(signal);
      const ended = new Promise((done) => child.on("exit", (_, by) => done(by)));
      child.kill(signal);
      expect(await ended).toBe(signal);
      expect(readdirSync(folder).filter((name) => name.includes(signal))).toEqual([]);
    },
  );

  unixOnly("by SIGKILL leaves it, which the next check tells; one of a process that runs is not told", async () => {
    const child = writer(at("killed"));
    const name = await part("killed");
    expect(leftovers(at("killed"))).toEqual([]);
    const ended = new Promise((done) => child.on("exit", done));
    child.kill("SIGKILL");
    await ended;
    expect(checkOutput(at("killed")).leftovers).toEqual([{ path: at(name), bytes: statSync(at(name)).size }]);
    expect(leftovers(at("kill"))).toEqual([]);
  });
});

unixOnly("a pipe is written to, and stays one", async () => {
  spawnSync("mkfifo", [at("pipe")]);
  const reader = spawn("cat", [at("pipe")]);
  let text = "";
  reader.stdout.on("data", (chunk) => (text += chunk));
  // Asked for before: the reader may be gone by the time that the writer knows it has ended.
  const read = new Promise((done) => reader.on("close", done));
  await writeWhole(at("pipe"), ["through the ", "pipe"]);
  await read;
  expect(text).toBe("through the pipe");
  expect(statSync(at("pipe")).isFIFO()).toBe(true);
});
