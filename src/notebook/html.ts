/** Text safe inside HTML elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** JSON or code that is safe inside a script element. */
export function escapeScript(text: string): string {
  return text.replace(/<(?=[!/s])/gi, "\\u003c");
}

/** An SVG picture as the address of an image. */
export function svgAddress(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
