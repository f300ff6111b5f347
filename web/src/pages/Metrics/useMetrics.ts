import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { lab } from "../../api/lab";
import { useLive } from "../../live/live";
import { hearMetrics } from "../../live/metrics";
import { type MetricsView, withSample } from "./charts";

const eachSecondUpTo = 300;
const coarseEveryMs = 10_000;

/** The figures of a span, going on by themselves: each second in a short span, else every ten. */
export function useMetrics(system: string, seconds: number) {
  const [view, setView] = useState<MetricsView | null>(null);
  const faults = useLive((state) => state.faults);
  const isFine = seconds <= eachSecondUpTo;
  const query = useQuery({
    queryKey: ["metrics", system, seconds],
    queryFn: () => lab("ReadMetrics", { query: { system, seconds } }),
    enabled: system !== "",
    staleTime: 0,
    refetchInterval: isFine ? 30_000 : coarseEveryMs,
  });
  const { data, refetch } = query;
  useEffect(() => setView(data ?? null), [data]);
  // A fault that came or went changes what is shaded.
  useEffect(() => void refetch(), [faults, refetch]);
  useEffect(() => {
    if (!isFine) return undefined;
    return hearMetrics((sample) => setView((known) => (known ? withSample(known, sample.at, sample.values, seconds) : known)));
  }, [isFine, seconds]);
  return { view, error: query.error, again: () => void refetch() };
}
