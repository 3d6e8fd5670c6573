import os from "node:os";
import { Command } from "commander";
import { defaultCacheFolder } from "../dataset/files.js";
import { listDatasets } from "../dataset/registry.js";
import { loadKernels } from "../wasm/load.js";
import { print, printJson } from "./output.js";
import { packageVersion } from "./version.js";

/** `spectensor info` */
export function infoCommand(): Command {
  return new Command("info")
    .description("what is installed: versions, kernels, processor, data sets")
    .option("--json", "print one JSON object")
    .action((options: { json?: boolean }) => {
      const datasets = listDatasets();
      const embedded = datasets.filter((d) => d.files.some((f) => "path" in f)).length;
      const info = {
        spectensor: packageVersion(),
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        processor: os.cpus()[0]?.model ?? "unknown",
        cores: os.availableParallelism(),
        memoryGB: Math.round(os.totalmem() / 1e8) / 10,
        kernels: loadKernels<object>("linalg") ? "WebAssembly SIMD" : "TypeScript",
        datasets: { embedded, published: datasets.length - embedded },
        cache: defaultCacheFolder(),
      };
      if (options.json) return printJson(info);
      for (const [name, value] of Object.entries(info))
        print(
          `${name.padEnd(11)} ${typeof value === "object" ? `${value.embedded} embedded, ${value.published} to fetch` : value}`,
        );
    });
}
