import type { Schemas } from "../../api/lab";
import type { Tone } from "../../parts/Tone";

export type Step = Schemas["JourneyView"]["steps"][number];

/** A step with its place: the time since the first, the pause before it, and the column of who did it. */
export interface Placed {
  step: Step;
  sinceMs: number | null;
  pauseMs: number;
  column: number;
  tone: Tone | undefined;
}

export interface Timeline {
  columns: string[];
  steps: Placed[];
}

/** Who did what, one column for each service in the order in which they came in. Pure. */
export function timelineOf(steps: readonly Step[]): Timeline {
  const columns: string[] = [];
  let first: number | null = null;
  let last: number | null = null;
  const placed = steps.map((step): Placed => {
    const who = whoOf(step);
    if (!columns.includes(who)) columns.push(who);
    const at = step.at ? Date.parse(step.at) : null;
    first ??= at;
    const pauseMs = at !== null && last !== null ? Math.max(0, at - last) : 0;
    last = at ?? last;
    return { step, sinceMs: at !== null && first !== null ? at - first : null, pauseMs, column: columns.indexOf(who), tone: toneOfStep(step) };
  });
  return { columns, steps: placed };
}

function whoOf(step: Step): string {
  if (step.service) return step.service;
  return step.at === null ? (/ (?:reached|at) (\S+\/\S+)$/.exec(step.what)?.[1] ?? "") : "client";
}

/** What never came is a violation; a fault is ours; what waits or was tried again is a matter of time. */
export function toneOfStep(step: Step): Tone | undefined {
  if (step.isFault) return "fault";
  if (step.at === null || / never /.test(step.what)) return "violated";
  if (/waits|parked|dead letters|without an answer/.test(step.what)) return "degraded";
  return / handled$/.test(step.what) || /acknowledged$/.test(step.what) ? "healthy" : undefined;
}
