import { reader, type Schemas } from "../api/lab";

export type MetricsSample = Schemas["MetricsSample"];

/** Hears the figures of each second. The browser opens a broken connection again by itself. */
export function hearMetrics(told: (sample: MetricsSample) => void): () => void {
  const sample = reader("MetricsSample");
  const source = new EventSource("/api/events?topics=metrics");
  source.addEventListener("metrics", (event) => told(sample(JSON.parse((event as MessageEvent<string>).data), "metrics")));
  return () => source.close();
}
