import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes or does not; how long it takes is the machine's business.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
});
