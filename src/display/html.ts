/** Text safe inside HTML elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** JSON that is safe inside a script element. */
export function jsonForScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** Code that is safe inside a script element; the sequences that would end it can only stand in its strings. */
export function codeForScript(code: string): string {
  return code.replace(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "<\\!--");
}

/** An SVG picture as the address of an image. */
export function svgAddress(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

/** A relative path as the address of a link: whatever its names hold leads nowhere else and runs nothing. */
export function encodedPath(path: string): string {
  return path
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => encodeURIComponent(part).replaceAll("'", "%27"))
    .join("/");
}
