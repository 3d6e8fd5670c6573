/** `data fetch` of one file from a given address, which no registry has: node fetch.mjs URL TARGET */

import { exitCodeOf, report } from "#built/cli/output.js";
import { downloadFile } from "#built/dataset/download.js";

const [url = "", target = ""] = process.argv.slice(2);
downloadFile({ url, label: "file.dat" }, target, { retries: 0 }).catch(async (error) => {
  await report(error);
  process.exitCode = exitCodeOf(error);
});
