import { useEffect, useRef, useState } from "react";
import { play, type ScenarioStep, type StepState } from "./play";

/** Plays a scenario, and stops when the page is left. */
export function usePlay() {
  const [states, setStates] = useState<StepState[]>([]);
  const [steps, setSteps] = useState<readonly ScenarioStep[]>([]);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [isPlaying, setPlaying] = useState(false);
  const [playedGuarded, setPlayedGuarded] = useState<boolean | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = (chosen: readonly ScenarioStep[], guarded: boolean) => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setSteps(chosen);
    setPlaying(true);
    setPlayedGuarded(guarded);
    const given = { play: crypto.randomUUID(), in5m: new Date(Date.now() + 300_000).toISOString() };
    void play({
      steps: chosen,
      stop: stop.signal,
      names: given,
      tell: (next, known) => {
        setStates(next);
        setNames(known);
      },
    }).finally(() => {
      if (!stop.signal.aborted) setPlaying(false);
    });
  };
  return { states, steps, names, isPlaying, playedGuarded, isOver: states.length > 0 && !isPlaying, start };
}
