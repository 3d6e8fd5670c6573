/**
 * Replaces the pictures of figures by plots of plotly.js, and draws again when the page changes its theme. Nothing is offered that would send
 * data anywhere.
 */
import { CHOOSE, type Choice } from "./linkData.js";
import { serveQueue } from "./queue.js";
import { onThemeChange, themed } from "./theme.js";

interface Plot {
  readonly data: readonly unknown[];
  readonly layout: { readonly width: number; readonly height: number };
}

interface Plotly {
  restyle(element: HTMLElement, values: object, traces: readonly number[]): Promise<unknown>;
  newPlot(element: HTMLElement, data: readonly unknown[], layout: unknown, options: unknown): Promise<unknown>;
}

const { spectensorPlotly: plotly } = window as unknown as { readonly spectensorPlotly: Plotly };

const OPTIONS = {
  displaylogo: false,
  responsive: false,
  plotlyServerURL: "",
  modeBarButtonsToRemove: ["lasso2d", "select2d", "sendChartToCloud"],
};

/** "fit-picture-2" for the second figure of the page or notebook "Fit". */
function fileName(host: HTMLElement): string {
  const title = document.title.replace(/ [-–] JupyterLab$|\.ipynb\b.*$/g, "").toLowerCase();
  const words = title.match(/[\p{L}\p{N}]+/gu)?.slice(0, 8) ?? [];
  const number = [...document.querySelectorAll(".spectensor-figure, .spectensor-structure")].indexOf(host) + 1;
  return [...words, "picture", number].join("-");
}

serveQueue<Plot>("spectensorPlots", (id, figure) => {
  const host = document.getElementById(id);
  const words = host?.querySelector("img")?.alt ?? "";
  const draw = async (): Promise<void> => {
    if (!host?.isConnected) return;
    const next = document.createElement("div");
    try {
      const { data, layout } = JSON.parse(themed(JSON.stringify(figure))) as Plot;
      next.style.width = `${layout.width}px`;
      next.style.height = `${layout.height}px`;
      next.setAttribute("role", "figure");
      next.setAttribute("aria-label", words);
      host.appendChild(next);
      await plotly.newPlot(next, data, layout, {
        ...OPTIONS,
        toImageButtonOptions: { format: "svg", filename: fileName(host) },
      });
      while (host.firstChild && host.firstChild !== next) host.firstChild.remove();
    } catch (error) {
      next.remove();
      console.error("figure not drawn", error);
    }
  };
  host?.addEventListener(CHOOSE, (event) => {
    const { ring, x, y } = (event as CustomEvent<Choice>).detail;
    // In the data as well: another theme draws them again.
    Object.assign(figure.data[ring] as object, { x: [x], y: [y] });
    const plot = host.querySelector<HTMLElement>(".js-plotly-plot");
    if (plot) void plotly.restyle(plot, { x: [[x]], y: [[y]] }, [ring]);
  });
  onThemeChange(() => void draw());
  void draw();
});
