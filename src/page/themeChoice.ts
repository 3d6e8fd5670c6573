/** Sets the theme before anything is drawn: what was chosen here before, or else what the system prefers. */
import { storedTheme } from "./storedTheme.js";
import { setTheme } from "./theme.js";

setTheme(storedTheme() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
