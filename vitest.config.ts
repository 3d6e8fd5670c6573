import { defineConfig } from "vitest/config";

const SYSTEM = "test/**/*.system.test.ts";

export default defineConfig({
  test: {
    // `npm test` runs the first, whose files share their modules, which takes a third of the time; `npm run test:system` what starts browsers,
    // notebook kernels, Slurm, npm and processes that are killed, three files at a time, since they wait much.
    projects: [
      { extends: true, test: { name: "package", include: ["test/**/*.test.ts"], exclude: [SYSTEM], isolate: false } },
      { extends: true, test: { name: "system", include: [SYSTEM] } },
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes or does not; how long it takes is the machine's business.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
});
