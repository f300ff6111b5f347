import type { Place } from "../../router/location";

export const outcomes = ["lost", "halfDone", "deadLettered", "discarded", "parked", "inFlight", "duplicated", "done", "cancelled"] as const;

/** The journey that an address names, or null for the list. */
export function journeyOf(place: Place): string | null {
  const rest = place.path.slice("/journeys/".length);
  return rest ? decodeURIComponent(rest) : null;
}

export function addressOf(id: string): string {
  return `/journeys/${encodeURIComponent(id)}`;
}
