/** What the reader chose. Browsers may refuse to keep it, e.g. for pages from disk: then it holds for one page. */
import type { ThemeName } from "../figure/theme.js";

const KEY = "spectensor-theme";

export function storedTheme(): ThemeName | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "dark" || theme === "light" ? theme : undefined;
  } catch {
    return undefined;
  }
}

export function storeTheme(theme: ThemeName): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // refused
  }
}
