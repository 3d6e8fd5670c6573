/** The legend above the frame of a panel. */
import { type PlotlyOptions, plainText } from "./figure.js";
import { textWidth } from "./textMetrics.js";
import { FONT_SIZE } from "./theme.js";

/** Pixels between frame and legend. */
export const LEGEND_GAP = 4;
/** Pixels from one entry of a list to the next: plotly.js adds 3 to 1.3 times the font size. */
export const LEGEND_ROW = Math.ceil(1.3 * FONT_SIZE + 3);
/** What plotly.js puts before each text (its line and two gaps) and after it. */
const SAMPLE = 45;

export interface LegendShape {
  /** In one row if that is as wide as the panel, otherwise an entry per row. */
  readonly orientation: "h" | "v";
  /** Pixels that it takes above the frame; 0 without entries. */
  readonly height: number;
}

/** @param width of the panel, pixels */
export function legendShape(labels: readonly string[], width: number): LegendShape {
  const row = labels.reduce((sum, label) => sum + SAMPLE + textWidth(plainText(label), FONT_SIZE), 0);
  const orientation = row <= width || labels.length === 1 ? "h" : "v";
  const rows = legendRows(labels, orientation);
  return { orientation, height: rows === 0 ? 0 : LEGEND_GAP - 2 + LEGEND_ROW * rows };
}

/** Lines of text that a legend takes. */
export function legendRows(labels: readonly string[], orientation: "h" | "v"): number {
  return labels.length === 0 ? 0 : orientation === "h" ? 1 : labels.length;
}

/**
 * The legend's options for plotly.js.
 * @param x left edge of the frame, fraction of the figure
 * @param y lower edge of the legend, fraction of the figure
 */
export function plotlyLegend(orientation: "h" | "v", x: number, y: number): PlotlyOptions {
  return {
    orientation,
    x,
    y,
    xanchor: "left",
    yanchor: "bottom",
    bgcolor: "rgba(0,0,0,0)",
    font: { size: FONT_SIZE },
    itemwidth: 30,
    traceorder: "normal",
  };
}
