/** Outputs of cells as parts of a page. Whatever they hold is data of somebody: escaped, or sanitised where it is HTML. */
import { escapeHtml, svgAddress } from "../display/html.js";
import { mimeText, type Output } from "./nbformat.js";
import { sanitizeHtml } from "./sanitize.js";

/** The richest form of an output that a web page can show. What may be wider than a small screen scrolls, also by keyboard. */
export function outputHtml(output: Output, cell: string): string {
  if (output.output_type === "stream") {
    const name = output.name === "stderr" ? "stderr" : "stdout";
    return `<div class="output ${name}"><pre tabindex="0">${escapeHtml(plain(output.text))}</pre></div>`;
  }
  if (output.output_type === "error")
    return `<div class="output error" role="alert"><pre tabindex="0">${escapeHtml(plain(`${output.ename}: ${output.evalue}`))}</pre></div>`;
  const { data } = output;
  const html = mimeText(data, "text/html");
  if (html !== undefined)
    return `<div class="output" tabindex="0" role="group" aria-label="Output of cell ${escapeHtml(cell)}">${sanitizeHtml(html)}</div>`;
  const text = mimeText(data, "text/plain") ?? "";
  const address = pictureAddress(data);
  if (address !== undefined)
    return `<div class="output"><img src="${address}" alt="${escapeHtml(text || "picture")}"></div>`;
  return `<div class="output"><pre tabindex="0">${escapeHtml(plain(text))}</pre></div>`;
}

/** Pictures run no scripts in an image element. */
function pictureAddress(data: Parameters<typeof mimeText>[0]): string | undefined {
  const svg = mimeText(data, "image/svg+xml");
  if (svg !== undefined) return svgAddress(svg);
  for (const type of ["image/png", "image/jpeg"]) {
    const base64 = mimeText(data, type)?.replace(/\s/g, "");
    if (base64 !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return `data:${type};base64,${base64}`;
  }
  return undefined;
}

/** Without colours and other orders to a terminal. */
export function plain(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with the escape character
      .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is left of them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "")
  );
}
