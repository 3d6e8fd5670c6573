import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Threads need compiled JavaScript: for a source file (tests, tools) its sibling in dist. @returns `undefined` if it has not been built */
export function compiledModule(url: URL): URL | undefined {
  const path = fileURLToPath(url);
  if (existsSync(path) && !path.endsWith(".ts")) return url;
  const compiled = compiledPath(path);
  return existsSync(compiled) ? pathToFileURL(compiled) : undefined;
}

/** Where the compiled module of a source file is to be. */
export function compiledPath(path: string): string {
  const at = path.lastIndexOf("/src/");
  return at < 0 ? path : `${path.slice(0, at)}/dist/${path.slice(at + 5)}`.replace(/\.ts$/, ".js");
}
