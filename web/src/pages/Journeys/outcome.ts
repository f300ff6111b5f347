import type { Tone } from "../../parts/Tone";

const tones: Readonly<Record<string, Tone>> = { lost: "violated", halfDone: "violated", duplicated: "violated", deadLettered: "degraded", discarded: "degraded", parked: "degraded", inFlight: "degraded", inOutbox: "degraded", waiting: "degraded", inQueue: "degraded", done: "healthy" };

/** The meaning of how a journey ended. */
export function toneOf(outcome: string): Tone | undefined {
  return tones[outcome];
}
