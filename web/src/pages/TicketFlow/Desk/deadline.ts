import type { Tone } from "../../../parts/Tone";
import { text } from "../../../text";
import { spanOf } from "../../../text/format";

export interface DeadlineWords {
  words: string;
  tone: Tone | undefined;
}

const soonMs = 15 * 60_000;

/** How a ticket stands to its agreement at a time. Pure. */
export function deadlineAt(dueAt: string | null, outcome: string | null, isStopped: boolean, now: number): DeadlineWords {
  const words = text.ticketflow;
  if (dueAt === null) return { words: words.noDeadline, tone: undefined };
  if (outcome === "met") return { words: "met", tone: "healthy" };
  if (outcome === "missed") return { words: "missed", tone: "violated" };
  if (isStopped) return { words: words.clockStands, tone: "degraded" };
  const left = Date.parse(dueAt) - now;
  if (left < 0) return { words: words.overdue(spanOf(-left)), tone: "violated" };
  return { words: words.dueIn(spanOf(left)), tone: left < soonMs ? "degraded" : undefined };
}
