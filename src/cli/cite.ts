import { Command } from "commander";
import { PAPERS } from "../runner/papers.js";
import { print, printJson } from "./output.js";
import { packageVersion } from "./version.js";

const TITLE = "spectensor: finite-temperature Raman and infrared spectra with tensorial machine learning";

/** `spectensor cite` */
export function citeCommand(): Command {
  return new Command("cite")
    .description("what to cite: this package, and the papers whose methods it follows")
    .option("--bibtex", "as BibTeX entries")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExamples:\n  $ spectensor cite\n  $ spectensor cite --bibtex > spectensor.bib")
    .action((flags: { readonly bibtex?: boolean; readonly json?: boolean }) => {
      const version = packageVersion();
      const papers = Object.values(PAPERS);
      if (flags.json)
        printJson({
          software: { title: TITLE, version, licence: "MIT" },
          papers: papers.map(({ figures: _, ...p }) => p),
        });
      else if (flags.bibtex) print([software(version), ...papers.map(({ bibtex }) => bibtex)].join("\n\n"));
      else {
        print(`${TITLE}, version ${version} (MIT licence)`);
        for (const { citation, title, doi } of papers) print(`${citation}: ${title}. https://doi.org/${doi}`);
      }
    });
}

function software(version: string): string {
  return `@software{spectensor,
  author = {{The spectensor contributors}},
  title = {${TITLE}},
  version = {${version}},
  license = {MIT}
}`;
}
