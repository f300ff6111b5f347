import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveEvent } from "./reducer";
import { listen, type Source } from "./stream";

class FakeSource implements Source {
  readonly heard = new Map<string, (event: MessageEvent<string>) => void>();
  isClosed = false;

  constructor(readonly address: string) {}

  addEventListener(kind: string, heard: (event: MessageEvent<string>) => void): void {
    this.heard.set(kind, heard);
  }

  close(): void {
    this.isClosed = true;
  }

  send(kind: string, data: unknown = {}, lastEventId = ""): void {
    this.heard.get(kind)?.({ data: JSON.stringify(data), lastEventId } as MessageEvent<string>);
  }
}

const snapshot = { sequence: 1, at: "2026-01-01T00:00:00Z", phase: "running", systems: [], nodes: [], edges: [], faults: [], fired: [] };

describe("the stream of the lab", () => {
  let sources: FakeSource[];
  let told: LiveEvent[];
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    sources = [];
    told = [];
    stop = listen({
      tell: (event) => told.push(event),
      open: (address) => {
        const source = new FakeSource(address);
        sources.push(source);
        return source;
      },
    });
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("tells a snapshot", () => {
    sources[0]?.send("snapshot", snapshot, "a-1");
    expect(told).toHaveLength(1);
    expect(told[0]?.kind).toBe("snapshot");
  });

  it("connects again after a break, from the last event", () => {
    sources[0]?.send("snapshot", snapshot, "a-1");
    sources[0]?.send("error");
    expect(told.at(-1)).toEqual({ kind: "hearing", hearing: "lost" });
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(2);
    expect(sources[0]?.isClosed).toBe(true);
    expect(sources[1]?.address).toBe("/api/events?lastEventId=a-1");
  });

  it("waits longer each time while the lab is gone, but never long", () => {
    for (let index = 0; index < 8; index++) {
      sources.at(-1)?.send("error");
      vi.advanceTimersByTime(4_000);
    }
    expect(sources).toHaveLength(9);
  });

  it("takes silence for a break", () => {
    sources[0]?.send("snapshot", snapshot, "a-1");
    vi.advanceTimersByTime(20_000);
    sources[0]?.send("heartbeat");
    vi.advanceTimersByTime(20_000);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(sources).toHaveLength(2);
  });

  it("asks for everything anew when it cannot read an event", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    sources[0]?.send("snapshot", snapshot, "a-1");
    sources[0]?.send("delta", "nonsense", "a-2");
    vi.advanceTimersByTime(1_000);
    expect(sources[1]?.address).toBe("/api/events");
  });

  it("ends for good when it is told to", () => {
    stop();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    expect(sources[0]?.isClosed).toBe(true);
  });
});
