/** Names for processes that are never used twice, to tell files of one that runs from those of one that ended. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** What is known about the process behind a tag. "elsewhere": on another machine, or in another container. */
export type ProcessState = "runs" | "ended" | "elsewhere";

/** Pattern of a tag: number, machine, start. */
export const TAG = "\\d+-[0-9a-f]{8}-[0-9a-f]{8}";

let own: string | undefined;

/** The tag of this process. */
export function processTag(): string {
  own ??= `${process.pid}-${short(hostname())}-${short(startOf(process.pid) ?? "")}`;
  return own;
}

/** Whether the process of a tag still runs. */
export function stateOf(tag: string): ProcessState {
  const [pid, host, start] = tag.split("-");
  if (host !== short(hostname())) return "elsewhere";
  const found = startOf(Number(pid));
  return found !== undefined && short(found) === start ? "runs" : "ended";
}

function short(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** When a process started, as text that no two processes of one number share; `undefined` if there is none of that number. */
function startOf(pid: number): string | undefined {
  if (process.platform === "linux") return linuxStart(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  if (process.platform === "win32") return ""; // the number alone
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", `${pid}`], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

/** Ticks from the start of the machine, and which start of the machine that was. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program, in brackets, may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${fields[19]} ${readFileSync("/proc/sys/kernel/random/boot_id", "latin1")}`;
  } catch {
    return undefined;
  }
}
