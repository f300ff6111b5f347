import type { Schemas } from "../../api/lab";

export type GuardState = Schemas["GuardState"];
export type GuardDescription = Schemas["GuardDescription"];

/** A guard, with all services of a system that have it. */
export interface GuardRow {
  name: string;
  kind: string;
  on: string;
  off: string;
  protects: string;
  services: GuardState[];
}

/** The guards of a system in the order in which the lab tells them: that of a message's way. Pure. */
export function byGuard(states: readonly GuardState[], described: readonly GuardDescription[], system: string): GuardRow[] {
  return described
    .map((guard) => ({
      name: guard.name,
      kind: String(guard.class).toLowerCase(),
      on: guard.on,
      off: guard.off,
      protects: guard.protects,
      services: states.filter((state) => state.name === guard.name && state.service.startsWith(`${system}/`)).sort((one, other) => one.service.localeCompare(other.service)),
    }))
    .filter((row) => row.services.length > 0);
}
