import { type Decoded, list, map, nullable, number, object, text } from "./decode";

/** The parts of report.json that are shown; the file itself has more. */
const violation = object({ rule: text, kind: text, sentence: text, operations: list(text), messages: nullable(list(text)) });

const cell = object({
  name: text,
  title: text,
  verdict: text,
  notes: list(object({ verdict: text, text })),
  operations: list(object({ name: text, ok: number, failed: number, unknown: number, latencyMs: nullable(map(number)) })),
  findings: list(object({ checker: text, verdict: text, reason: nullable(text), judged: number, violationCount: number })),
  violations: list(violation),
  predicted: list(violation),
});

export const report = object({
  name: text,
  title: text,
  verdict: text,
  seed: text,
  startedAt: text,
  tookSeconds: number,
  replay: text,
  labFailure: nullable(text),
  cells: list(cell),
});

export type Report = Decoded<typeof report>;
export type ReportCell = Report["cells"][number];
