/** Light and dark: a page tells its theme by data-spectensor-theme on its root element; pages that do not are light. */
import { recolour, type ThemeName } from "../figure/theme.js";

const CHANGED = "spectensor-theme";

export function currentTheme(): ThemeName {
  return document.documentElement.dataset.spectensorTheme === "dark" ? "dark" : "light";
}

/** Sets the theme and tells everything that draws. */
export function setTheme(theme: ThemeName): void {
  document.documentElement.dataset.spectensorTheme = theme;
  document.dispatchEvent(new Event(CHANGED));
}

export function onThemeChange(listener: () => void): void {
  document.addEventListener(CHANGED, listener);
}

/** The light theme's colours in a text replaced by those of the page. */
export function themed(text: string): string {
  return recolour(text, currentTheme());
}
