import { useSyncExternalStore } from "react";
import { ageOf, clockOf } from "../text/format";

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(told: () => void): () => void {
  listeners.add(told);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, 1_000);
  return () => {
    listeners.delete(told);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, once a second, from one clock for all that shows ages. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

/** How long ago; the exact time is its title. */
export function Age({ at }: { at: string | null | undefined }) {
  const current = useNow();
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={clockOf(at)}>
      {ageOf(at, current)}
    </time>
  );
}
