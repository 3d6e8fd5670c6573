import { Command } from "commander";

/** `spectensor notebook run` */
export function notebookCommand(): Command {
  return new Command("notebook").description("execute notebooks");
}
