import type { Column } from "./column.js";

/** Columns as JSON: `{"columns": [{"name": …, "unit": …, "values": […]}]}`; numbers that are not finite become null. */
export function columnsJson(columns: readonly Column[]): string {
  return JSON.stringify({
    columns: columns.map(({ name, unit = "1", values }) => ({
      ...{ name, unit },
      values: Array.from<number | string>(values),
    })),
  });
}
