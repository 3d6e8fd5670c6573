/**
 * How outputs reach the scripts of their page, whichever runs first: an output puts its element's name and what to draw into a
 * list and says so; the script draws what is in the list, then and later.
 */

/** Calls `draw` for everything that outputs have put or will put into the list. */
export function serveQueue<T>(list: string, draw: (id: string, data: T) => void): void {
  const lists = window as unknown as Record<string, [string, T][] | undefined>;
  lists[list] ??= [];
  const waiting = lists[list];
  const all = (): void => {
    for (let next = waiting.shift(); next; next = waiting.shift()) draw(...next);
  };
  document.addEventListener(list, all);
  all();
}
