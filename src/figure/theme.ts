/**
 * The one look of all figures: readable in print, distinguishable for colour-blind readers
 * (palette of Okabe and Ito, "Color Universal Design", 2008), calm on screen.
 */

export type ThemeName = "light" | "dark";

/** Colours as #rrggbb; every colour of a figure is one of these, so that a figure can be recoloured as text. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  /** Axis lines and ticks. */
  readonly axis: string;
  readonly grid: string;
  /** Labels that call for attention, e.g. that data are a stand-in. */
  readonly warning: string;
  /** The curve that others are compared with: DFPT, experiment. */
  readonly reference: string;
  /** The other curves, in order of use. */
  readonly series: readonly string[];
}

const LIGHT: Theme = {
  background: "#ffffff",
  text: "#1f2328",
  axis: "#57606a",
  grid: "#e7eaee",
  warning: "#a04000",
  reference: "#24292f",
  series: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"],
};

const DARK: Theme = {
  background: "#15181d",
  text: "#e6e9ee",
  axis: "#9aa4b1",
  grid: "#2b3038",
  warning: "#ffb07a",
  reference: "#eef1f5",
  series: ["#4aa8e0", "#f08a45", "#2fc79a", "#e3a3c7", "#f2b840", "#8fd0f5"],
};

export const THEMES: Readonly<Record<ThemeName, Theme>> = { light: LIGHT, dark: DARK };

/** Font of all figures; its widths are known to {@link renderSvg}. */
export const FONT_FAMILY = "Arial, Helvetica, Liberation Sans, sans-serif";
export const FONT_SIZE = 13;

/** Marker shapes in the order of {@link Theme.series}, so that curves differ in more than colour. */
export const SYMBOLS: readonly string[] = ["circle", "diamond", "square", "triangle-up", "cross", "x"];

/** Light colour → dark colour, for {@link recolour} and for the same step in a browser. */
export const DARK_OF: Readonly<Record<string, string>> = Object.fromEntries(
  (["background", "text", "axis", "grid", "warning", "reference"] as const)
    .map((role) => [LIGHT[role], DARK[role]])
    .concat(LIGHT.series.map((colour, i) => [colour, DARK.series[i]!])),
);

/** Replaces the light theme's colours in a figure's JSON text by those of `theme`. */
export function recolour(json: string, theme: ThemeName): string {
  return theme === "light" ? json : json.replace(/#[0-9a-f]{6}/g, (colour) => DARK_OF[colour] ?? colour);
}

/** A colour with opacity 0 … 1, as #rrggbbaa. */
export function translucent(colour: string, opacity: number): string {
  return (
    colour +
    Math.round(255 * opacity)
      .toString(16)
      .padStart(2, "0")
  );
}
