import type { Progress } from "../progress.js";

/**
 * "128 of 192 frames, 64 frames/s, 1 s left"
 * @param seconds since the first report
 * @param first what had been done by then
 */
export function progressText(progress: Progress, seconds: number, first = 0): string {
  const { done, total, unit = "steps" } = progress;
  const rate = seconds > 0 ? (done - first) / seconds : 0;
  const parts = [total === undefined ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`];
  if (rate > 0) parts.push(`${count(Number(rate.toPrecision(3)))} ${unit}/s`);
  if (total !== undefined && rate > 0)
    parts.push(done < total ? `${duration((total - done) / rate)} left` : `took ${duration(seconds)}`);
  return parts.join(", ");
}

/** "4 s", "2 min 5 s", "1 h 12 min" */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
