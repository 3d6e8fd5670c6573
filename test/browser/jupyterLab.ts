/** A JupyterLab of its own for tests: started by `spectensor lab`, on this machine only, with a data folder of its own. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";
import { REPOSITORY } from "./support.js";

const TOKEN = "test";

export interface JupyterLab {
  /** Address of a notebook in the folder. */
  address(notebook: string): string;
  stop(): Promise<void>;
}

/** @param data where Jupyter keeps settings, runtime files and trust, instead of in the user's home */
export async function startJupyterLab(folder: string, data: string): Promise<JupyterLab> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const options = [
    ...["--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`, "--ServerApp.port_retries=0"],
    `--IdentityProvider.token=${TOKEN}`,
  ];
  const server = spawn(process.execPath, [join(REPOSITORY, "dist", "cli", "main.js"), "lab", folder, ...options], {
    cwd: REPOSITORY,
    env: {
      ...process.env,
      JUPYTER_DATA_DIR: data,
      JUPYTER_CONFIG_DIR: join(data, "config"),
      JUPYTER_RUNTIME_DIR: join(data, "runtime"),
      IPYTHONDIR: join(data, "ipython"),
    },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let said = "";
  server.stderr.on("data", (text) => (said += text));
  const ended = new Promise<"ended">((done) => server.once("exit", () => done("ended")));
  const api = (path: string, init?: RequestInit): Promise<Response | undefined> =>
    fetch(`${base}/api/${path}?token=${TOKEN}`, init).catch(() => undefined);
  const stop = async (): Promise<void> => {
    const kernels = ((await (await api("kernels"))?.json()) ?? []) as readonly { readonly id: string }[];
    for (const { id } of kernels) await api(`kernels/${id}`, { method: "DELETE" });
    server.kill("SIGTERM");
    // It may hang when it is stopped while it starts a kernel.
    if ((await Promise.race([ended, sleep(10_000)])) !== "ended") process.kill(-server.pid!, "SIGKILL");
  };
  for (let waited = 0; !(await api("status"))?.ok; waited++) {
    if (server.exitCode !== null || waited > 240) {
      await stop();
      throw new Error(`JupyterLab does not start:\n${said}`);
    }
    await sleep(500);
  }
  return { address: (notebook) => `${base}/lab/tree/${notebook}?token=${TOKEN}&reset`, stop };
}

/** What a person does with an open notebook. */
export interface OpenNotebook {
  readonly page: Page;
  cell(index: number): Locator;
  output(index: number): Locator;
  /** Puts the cursor at the end of a cell. */
  edit(index: number): Promise<void>;
  run(index: number): Promise<void>;
  menu(name: string, entry: string | RegExp): Promise<void>;
  /** Waits until a cell has run; gives its number. */
  finished(index: number, timeout?: number): Promise<number>;
}

/** Opens a notebook and waits for its kernel to be there and to have nothing to do. */
export async function openNotebook(page: Page, lab: JupyterLab, name: string): Promise<OpenNotebook> {
  await page.goto(lab.address(name));
  const panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
  const patience = { timeout: 120_000 };
  await panel.locator(".jp-Cell").first().waitFor(patience);
  await panel.locator(".jp-KernelName", { hasText: "TypeScript (spectensor)" }).waitFor(patience);
  await panel.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").waitFor(patience);
  const cell = (index: number): Locator => panel.locator(".jp-Cell").nth(index);
  const prompt = (index: number): Locator => cell(index).locator(".jp-InputPrompt");
  const edit = async (index: number): Promise<void> => {
    await cell(index).locator(".cm-content").click();
    await page.keyboard.press("Control+End");
  };
  return {
    page,
    cell,
    output: (index) => cell(index).locator(".jp-Cell-outputArea"),
    edit,
    run: async (index) => {
      await edit(index);
      await page.keyboard.press("Control+Enter");
    },
    menu: async (menu, entry) => {
      await page.getByRole("menuitem", { name: menu, exact: true }).click();
      await page.locator(".lm-Menu-item", { hasText: entry }).first().click();
    },
    finished: async (index, timeout = 240_000) => {
      const end = performance.now() + timeout;
      for (;;) {
        const number = /\d+/.exec((await prompt(index).textContent()) ?? "")?.[0];
        if (number) return Number(number);
        if (performance.now() > end) throw new Error(`cell ${index} has not finished after ${timeout} ms`);
        await sleep(100);
      }
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
