export const metrics = {
  title: "Metrics",
  lead: "Rates, times and what waits, live. The time in which something was broken is shaded.",
  span: "Span",
  spans: { 60: "1 minute", 300: "5 minutes", 900: "15 minutes", 1800: "30 minutes" } as Readonly<Record<number, string>>,
  none: "Nothing has been measured yet.",
  groups: {
    flow: "Messages per second",
    latency: "From published to committed, 95th percentile",
    waiting: "What waits",
    trouble: "Trouble per second",
    http: "Requests per second",
    cpu: "Processor, percent of one core",
    memory: "Memory",
  } as Readonly<Record<string, string>>,
  broken: "Broken on purpose in this span",
  now: (name: string, value: string, unit: string) => `${name}: ${value} ${unit}`,
  shown: "now",
};
