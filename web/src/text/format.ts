/** "12 s ago" of a time; a time ahead of the clock counts as now. */
export function ageOf(at: string, now: number): string {
  return `${spanOf(Math.max(0, now - Date.parse(at)))} ago`;
}

/** A span in its largest fitting unit. */
export function spanOf(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** Time of day with milliseconds, in the person's own zone. */
export function clockOf(at: string): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** A moment on an axis, given in seconds: 14:03, or 14:03:20 where minutes are too coarse. */
export function momentOf(at: number, withSeconds: boolean): string {
  const time = new Date(at * 1_000);
  return `${two(time.getHours())}:${two(time.getMinutes())}${withSeconds ? `:${two(time.getSeconds())}` : ""}`;
}

/** A count: 950, 12.4 k, 3.1 M; "–" when it is not known. */
export function countOf(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Math.abs(value) < 10_000) return String(Math.round(value));
  return Math.abs(value) < 1_000_000 ? `${(value / 1_000).toFixed(1)} k` : `${(value / 1_000_000).toFixed(1)} M`;
}

/** Messages in a second: 0, 0.4, 12, 2.1 k. */
export function rateOf(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value > 0 && value < 10) return value < 0.05 ? "< 0.1" : value.toFixed(1);
  return countOf(value);
}

export function bytesOf(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value < 1 << 20 ? `${Math.round(value / 1024)} kB` : `${Math.round(value / (1 << 20))} MB`;
}

/** The last name of a service or a type: `tickets` of `ticketflow/tickets`. */
export function shortOf(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf(".")) + 1);
}

/** Words as a sentence: with a capital at its beginning. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "1 fault", "2 faults". */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
