import type { Schemas } from "../../api/lab";
import { text } from "../../text";
import { shortOf } from "../../text/format";

export type MetricsView = Schemas["MetricsView"];
export type Series = MetricsView["series"][number];
export type FaultWindow = MetricsView["windows"][number];

/** Several series of one unit on one time axis. */
export interface ChartData {
  id: string;
  title: string;
  unit: string;
  lines: { id: string; name: string; values: readonly (number | null)[] }[];
}

export const spanChoices: readonly number[] = [60, 300, 900, 1800];

const groups: readonly { id: string; unit: string; names: readonly string[] }[] = [
  { id: "flow", unit: "1/s", names: ["published", "handled"] },
  { id: "waiting", unit: "", names: ["queue.depth", "outbox.depth", "parked", "deadletters"] },
  { id: "latency", unit: "ms", names: ["latency.p95"] },
  { id: "trouble", unit: "1/s", names: ["failed", "redelivered", "duplicates", "requests.failed"] },
  { id: "http", unit: "1/s", names: ["requests"] },
  { id: "cpu", unit: "%", names: ["cpu"] },
  { id: "memory", unit: "MB", names: ["memory"] },
];

const linesMax = 8;
const bytesPerMegabyte = 1_048_576;

/** The charts of a view: one for each group that has figures; the busiest lines of a group, in a steady order. Pure. */
export function chartsOf(view: MetricsView): ChartData[] {
  return groups.flatMap((group) => {
    const here = view.series.filter((series) => group.names.includes(series.name) && !series.messageType && series.values.some((value) => value !== null));
    const busiest = [...here].sort((one, other) => peakOf(other) - peakOf(one)).slice(0, linesMax);
    const lines = here.filter((series) => busiest.includes(series)).map((series) => ({
      id: series.id,
      name: nameOf(series, group.names.length > 1),
      values: series.name === "memory" ? series.values.map((value) => (value === null ? null : value / bytesPerMegabyte)) : series.values,
    }));
    return lines.length === 0 ? [] : [{ id: group.id, title: text.metrics.groups[group.id] ?? group.id, unit: group.unit, lines }];
  });
}

function nameOf(series: Series, withKind: boolean): string {
  const who = shortOf(series.instance ?? series.service ?? series.node ?? series.system);
  return withKind ? `${who} ${series.name.replace(".depth", "").replace("requests.failed", "failed requests")}` : who;
}

function peakOf(series: Series): number {
  return Math.max(0, ...series.values.map((value) => value ?? 0));
}

/** The last figure that is known. */
export function lastOf(values: readonly (number | null)[]): number | null {
  for (let index = values.length - 1; index >= Math.max(0, values.length - 5); index--) {
    const value = values[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** The view with a sample more; what is older than the span goes. Pure. */
export function withSample(view: MetricsView, at: number, values: Readonly<Record<string, number>>, seconds: number): MetricsView {
  const second = Math.floor(at);
  const last = view.times.at(-1) ?? 0;
  if (second <= last) return view;
  const drop = Math.max(0, view.times.length + 1 - seconds);
  return {
    ...view,
    times: [...view.times, second].slice(drop),
    series: view.series.map((series) => ({ ...series, values: [...series.values, values[series.id] ?? null].slice(drop) })),
  };
}

/** Where a figure has no neighbour to draw a line to: it is drawn as a point. */
export function lonelyOf(values: ArrayLike<number | null | undefined>): number[] {
  const has = (index: number) => values[index] !== null && values[index] !== undefined;
  return Array.from({ length: values.length }, (_, index) => index).filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}
