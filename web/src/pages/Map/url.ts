import { go, type Place, withQuery } from "../../router/location";

/** What of the map is in its address: the system, and what is open to be broken, a node or an arrow. */
export interface MapChoice {
  system: string | null;
  broken: string | null;
}

export function readChoice(place: Place): MapChoice {
  return { system: place.query.get("system"), broken: place.query.get("break") };
}

export function openBreak(place: Place, id: string | null): void {
  go(withQuery(place, { break: id }), { replace: id === null });
}
