/** Text of XML whose writer does not escape: VASP puts the SYSTEM of its INCAR into vasprun.xml as it is. */

/** Characters of an entity, such as &amp; or &#x20AC;. */
const longestEntity = 10;
const noEntity = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/g;

/** Escapes each & that begins no entity, in a text that comes in pieces; what may be one waits for the next piece. */
export function ampersandEscaper(): { write(text: string): string; finish(): string } {
  let waiting = "";
  return {
    write(text) {
      const all = waiting + text;
      const last = all.lastIndexOf("&");
      const end = last >= 0 && last > all.length - longestEntity ? last : all.length;
      waiting = all.slice(end);
      return all.slice(0, end).replace(noEntity, "&amp;");
    },
    finish() {
      const rest = waiting.replace(noEntity, "&amp;");
      waiting = "";
      return rest;
    },
  };
}
