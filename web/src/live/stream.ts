import { reader } from "../api/lab";
import type { LiveEvent } from "./reducer";

const silenceMax = 25_000;
const pauseMin = 500;
const pauseMax = 4_000;

/** The part of the browser's EventSource that is used; a test brings its own. */
export interface Source {
  addEventListener(kind: string, heard: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface Connection {
  tell: (event: LiveEvent) => void;
  open?: (address: string) => Source;
}

/**
 * Hears the lab until it is told to stop. A connection that breaks or falls silent is opened again, with the number of the last event,
 * so that the lab goes on where it was or, after a restart, sends everything anew.
 */
export function listen({ tell, open = (address) => new EventSource(address) as unknown as Source }: Connection): () => void {
  const snapshot = reader("MapView");
  const delta = reader("MapDelta");
  let source: Source | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  let pause = pauseMin;
  let stopped = false;

  const again = () => {
    source?.close();
    source = undefined;
    clearTimeout(timer);
    if (stopped) return;
    tell({ kind: "hearing", hearing: "lost" });
    timer = setTimeout(connect, pause);
    pause = Math.min(pause * 2, pauseMax);
  };

  const heard = () => {
    pause = pauseMin;
    clearTimeout(timer);
    timer = setTimeout(again, silenceMax);
  };

  const read = (make: (value: unknown) => LiveEvent) => (event: MessageEvent<string>) => {
    heard();
    try {
      tell(make(JSON.parse(event.data)));
      last = event.lastEventId || last;
    } catch (problem) {
      // What cannot be read would be half understood: begin anew, with everything.
      console.error("An event of the lab cannot be read.", problem);
      last = "";
      again();
    }
  };

  function connect(): void {
    const address = last ? `/api/events?lastEventId=${encodeURIComponent(last)}` : "/api/events";
    const opened = open(address);
    source = opened;
    clearTimeout(timer);
    timer = setTimeout(again, silenceMax);
    opened.addEventListener("snapshot", read((value) => ({ kind: "snapshot", view: snapshot(value, "snapshot") })));
    opened.addEventListener("delta", read((value) => ({ kind: "delta", delta: delta(value, "delta") })));
    opened.addEventListener("heartbeat", () => {
      heard();
      tell({ kind: "hearing", hearing: "heard" });
    });
    opened.addEventListener("open", () => {
      heard();
      if (last) tell({ kind: "hearing", hearing: "heard" });
    });
    opened.addEventListener("error", again);
  }

  connect();
  return () => {
    stopped = true;
    again();
  };
}
