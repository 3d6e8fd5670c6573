/**
 * A worker module as tests need it; see task.d.mts.
 * @type {typeof import("./task.mjs").prepare}
 */
export function prepare({ out, seed }) {
  return async (item, index) => {
    switch (item.kind) {
      case "wave":
        out[index] = Math.sin(seed + item.x);
        return index;
      case "wait":
        await new Promise((resolve) => setTimeout(resolve, item.ms));
        return index;
      case "spin":
        for (;;);
      case "throw": {
        const error = new Error(item.message);
        error.name = item.name;
        throw error;
      }
      case "exit":
        process.exit(3);
    }
  };
}
