/**
 * The drawings in an output of ours, by what it tells the scripts of the page. Pages take over the data, never the scripts: those
 * they bring themselves.
 */
import { plotlyBundleScript } from "../display/figureHtml.js";
import { jsonForScript } from "../display/html.js";
import { linkScript } from "../display/linkedHtml.js";
import { enqueueCode } from "../display/pageScript.js";
import { structureLibraryScript } from "../display/structureHtml.js";

/** What draws each list. */
const LISTS: Readonly<Record<string, () => string>> = {
  spectensorPlots: plotlyBundleScript,
  spectensorStructures: structureLibraryScript,
  spectensorLinks: linkScript,
};

export interface Drawing {
  readonly list: string;
  /** Name of the element. */
  readonly id: string;
  readonly data: unknown;
}

/** Those of one output, in order. */
export function drawingsOf(html: string): readonly Drawing[] {
  const calls = /\.push\(\["(spectensor-[\w-]+)",\n([^\n]*)\n\]\); document\.dispatchEvent\(new Event\("(\w+)"\)\)/g;
  return [...html.matchAll(calls)].flatMap(([, id, json, list]): Drawing[] => {
    if (!Object.hasOwn(LISTS, list!)) return [];
    try {
      return [{ list: list!, id: id!, data: JSON.parse(json!) }];
    } catch {
      return [];
    }
  });
}

/** The script that has it drawn. */
export function drawingScript({ list, id, data }: Drawing): string {
  return enqueueCode(list, id, jsonForScript(JSON.stringify(data)));
}

/** The scripts that draw these, each once. */
export function drawingLibraries(drawings: readonly Drawing[]): readonly string[] {
  return [...new Set(drawings.map((d) => LISTS[d.list]!))].map((script) => script());
}
