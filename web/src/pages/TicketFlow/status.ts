import type { Tone } from "../../parts/Tone";

/** How far an inquiry is for the customer: five steps, whatever the desk calls its states. */
export const stations = ["received", "translating", "desk", "working", "answered"] as const;
export type Station = (typeof stations)[number];

const of: Readonly<Record<string, Station>> = {
  received: "received",
  "awaiting-translation": "translating",
  "awaiting-qualification": "desk",
  qualified: "working",
  blocked: "working",
  resolved: "answered",
};

export function stationOf(status: string): Station {
  return of[status] ?? "received";
}

/** Only what stands still although it should move on is worth a colour. */
export function toneOf(status: string, ageMs: number): Tone | undefined {
  if (status === "resolved") return "healthy";
  return status === "received" && ageMs > 15_000 ? "violated" : undefined;
}
