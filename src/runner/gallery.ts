import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { countVerdicts, type JudgedClaim, verdictsText } from "../display/claims.js";
import { comparisonHtml } from "../display/comparison.js";
import { escapeHtml, svgAddress } from "../display/html.js";
import { claimsHtml } from "../display/showClaims.js";
import { DARK_OF, recolour } from "../figure/theme.js";
import { duration } from "../progress/text.js";
import { writeInFolder } from "./files.js";
import { loadNotebook, type Notebook } from "./nbformat.js";
import { pageHtml } from "./page.js";
import {
  claimsOf,
  comparisonOf,
  comparisonsOf,
  licencesOf,
  type RunRecord,
  runRecordOf,
  thumbnailOf,
  titleOf,
} from "./summary.js";

/**
 * Writes `index.html` of a gallery: one card per executed notebook in the folder, by paper.
 * Copies of notebooks that no longer exist are left out.
 * @returns path of the page
 */
export async function writeGallery(folder: string): Promise<string> {
  const cards: { group: string; html: string; pass: boolean; claims: readonly JudgedClaim[] }[] = [];
  for (const path of await executedNotebooks(folder)) {
    const notebook = await loadNotebook(join(folder, path));
    const run = runRecordOf(notebook);
    if (!run || !(await exists(resolve(folder, run.source)))) continue;
    const { paper = "Tutorials" } = titleOf(notebook, path);
    const pass = !run.failure && comparisonOf(notebook).every((r) => r.pass || r.role === "shown");
    cards.push({ group: paper, html: card(notebook, run, path, pass), pass, claims: claimsOf(notebook) });
  }
  const groups = [...new Set(cards.map((c) => c.group))].sort(
    (a, b) => Number(b === "Tutorials") - Number(a === "Tutorials") || a.localeCompare(b),
  );
  const sections = groups.map((group) => {
    const list = cards.filter((c) => c.group === group).map((c) => c.html);
    return `<section aria-label="${escapeHtml(group)}"><h2>${escapeHtml(group)}</h2><ul class="cards">${list.join("\n")}</ul></section>`;
  });
  const passed = cards.filter((c) => c.pass).length;
  const intro = `<h1>Figures</h1><p class="summary">${cards.length === 0 ? "No notebook has been run yet." : `Statements of the papers: ${verdictsText(countVerdicts(cards.flatMap((c) => c.claims)))}. ${passed} of ${cards.length} notebooks pass their own checks.`}</p>`;
  const page = join(folder, "index.html");
  await writeInFolder(page, pageHtml({ title: "spectensor: figures", body: intro + sections.join("\n") }));
  return page;
}

function card(notebook: Notebook, run: RunRecord, path: string, pass: boolean): string {
  const { title, claim, figure } = titleOf(notebook, path);
  const claims = claimsOf(notebook);
  const tables = [
    ...(claims.length > 0 ? [claimsHtml(claims)] : []),
    ...comparisonsOf(notebook).map((c) => comparisonHtml(c.rows, c.against)),
  ];
  const licences = licencesOf(notebook);
  const address = escapeHtml(encodeURI(path.replaceAll("\\", "/").replace(/\.ipynb$/, ".html")));
  const state = run.failure
    ? `<span class="state miss">✗ failed in cell ${run.failure.cell}</span>`
    : `<span class="state ${pass ? "pass" : "miss"}">${pass ? "✓ checks pass" : "✗ checks missed"}</span>${claims.length > 0 ? ` · ${verdictsText(countVerdicts(claims))}` : ""}`;
  const meta = [
    `run time ${duration(run.seconds)} (${run.mode})`,
    ...(licences.length > 0 ? [`data: ${licences.join(", ")}`] : []),
  ];
  return `<li class="card"><a class="picture" href="${address}" tabindex="-1" aria-hidden="true">${pictures(notebook)}</a>
<div class="body"><h3><a href="${address}">${escapeHtml(figure ? `${figure}: ${title}` : title)}</a></h3>
<p>${escapeHtml(claim)}</p>
${run.failure ? `<p class="miss">${escapeHtml(run.failure.message.split("\n")[0]!)}</p>` : ""}
${tables.length > 0 ? `<div class="rows" tabindex="0" role="region" aria-label="Paper against ours, ${escapeHtml(title)}">${tables.join("")}</div>` : ""}
<p class="meta">${state} · ${meta.map(escapeHtml).join(" · ")}</p></div></li>`;
}

/** The thumbnail in both themes; the page shows one of them. Decorative: title and claim say the same in words. */
function pictures(notebook: Notebook): string {
  const thumbnail = thumbnailOf(notebook);
  if (!thumbnail) return `<span class="nothing">no figure</span>`;
  const image = (svg: string, theme: string): string =>
    `<img class="${theme}-only" src="${svgAddress(svg)}" alt="" loading="lazy">`;
  return image(thumbnail.svg, "light") + image(darkSvg(thumbnail.svg), "dark");
}

/** plotly writes colours as rgb(…), pictures of structures as #rrggbb. */
function darkSvg(svg: string): string {
  const byRgb = new Map(Object.entries(DARK_OF).map(([light, dark]) => [rgb(light), rgb(dark)]));
  return recolour(svg, "dark").replace(/rgb\(\d+, \d+, \d+\)/g, (colour) => byRgb.get(colour) ?? colour);
}

function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16)).join(", ")})`;
}

async function executedNotebooks(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries.filter((e) => e.endsWith(".ipynb") && !/(^|[\\/])\./.test(e)).sort();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
