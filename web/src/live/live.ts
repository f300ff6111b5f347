import { useRef, useSyncExternalStore } from "react";
import { after, agedBy, type LiveEvent, type LiveState, nothing } from "./reducer";
import { listen } from "./stream";

let state = nothing;
const readers = new Set<() => void>();
const keepers = new Set<(aged: string[]) => void>();

export function tell(event: LiveEvent): void {
  const before = state;
  state = after(before, event);
  if (state === before) return;
  for (const reader of readers) reader();
  const aged = agedBy(before, state);
  if (aged.length > 0) for (const keeper of keepers) keeper(aged);
}

/** Hears the lab from now on. */
export function begin(): () => void {
  return listen({ tell });
}

/** Is told which of the server's data are old now. */
export function whenAged(told: (aged: string[]) => void): () => void {
  keepers.add(told);
  return () => keepers.delete(told);
}

function subscribe(told: () => void): () => void {
  readers.add(told);
  return () => readers.delete(told);
}

/** A part of what the lab tells, live. A choice that makes a new object each time needs `same`, or its page is drawn at each event. */
export function useLive<T>(choose: (state: LiveState) => T, same: (one: T, other: T) => boolean = Object.is): T {
  const kept = useRef<{ value: T } | null>(null);
  return useSyncExternalStore(subscribe, () => {
    const value = choose(state);
    if (kept.current && same(kept.current.value, value)) return kept.current.value;
    kept.current = { value };
    return value;
  });
}

/** The state at this moment, for what is not drawn by React. */
export function liveNow(): LiveState {
  return state;
}
