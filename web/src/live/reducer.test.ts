import { describe, expect, it } from "vitest";
import { after, agedBy, firedMax, type LiveState, type MapDelta, type MapNode, type MapView, nothing } from "./reducer";

const node = (id: string, more: Partial<MapNode> = {}): MapNode => ({ id, system: "s", kind: "service", name: id, health: "healthy", instances: [], guardsOff: [], ...more }) as MapNode;
const view = (more: Partial<MapView> = {}): MapView => ({ sequence: 1, at: "", phase: "running", systems: ["s"], nodes: [node("s/a")], edges: [], faults: [], fired: [], run: null, ...more }) as MapView;
const delta = (more: Partial<MapDelta>): MapDelta => ({ sequence: 2, at: "", phase: null, systems: null, nodes: null, edges: null, gone: null, faults: null, fired: null, run: null, runOver: null, ...more }) as MapDelta;
const started: LiveState = after(nothing, { kind: "snapshot", view: view() });
const fired = (id: string) => ({ id }) as LiveState["fired"][number];

describe("what is known of the lab", () => {
  it("begins with a snapshot", () => {
    expect(started.hearing).toBe("heard");
    expect([...started.nodes.keys()]).toEqual(["s/a"]);
  });

  it("takes no change before it knows what is changed", () => {
    expect(after(nothing, { kind: "delta", delta: delta({ nodes: [node("s/b")] }) })).toBe(nothing);
  });

  it("replaces what a delta names and keeps the rest", () => {
    const next = after(started, { kind: "delta", delta: delta({ nodes: [node("s/a", { health: "down" }), node("s/b")] }) });
    expect(next.nodes.get("s/a")?.health).toBe("down");
    expect(next.nodes.size).toBe(2);
    expect(next.edges).toBe(started.edges);
    expect(started.nodes.get("s/a")?.health).toBe("healthy");
  });

  it("forgets what is gone", () => {
    expect(after(started, { kind: "delta", delta: delta({ gone: ["s/a"] }) }).nodes.size).toBe(0);
  });

  it("takes the list of faults whole, also when it is empty", () => {
    const broken = after(started, { kind: "delta", delta: delta({ faults: [{ id: "1" } as LiveState["faults"][number]] }) });
    expect(broken.faults).toHaveLength(1);
    expect(after(broken, { kind: "delta", delta: delta({}) }).faults).toHaveLength(1);
    expect(after(broken, { kind: "delta", delta: delta({ faults: [] }) }).faults).toHaveLength(0);
  });

  it("keeps the newest firings only", () => {
    let state = started;
    for (let index = 0; index < firedMax + 10; index++) state = after(state, { kind: "delta", delta: delta({ fired: [fired(String(index))] }) });
    expect(state.fired).toHaveLength(firedMax);
    expect(state.fired.at(-1)?.id).toBe(String(firedMax + 9));
  });

  it("begins anew with the snapshot of a lab that was started again", () => {
    const next = after(started, { kind: "snapshot", view: view({ nodes: [node("s/c")] }) });
    expect([...next.nodes.keys()]).toEqual(["s/c"]);
    expect(agedBy(started, next)).toEqual(["all"]);
  });

  it("ends a run when it is over", () => {
    const run = { id: "r" } as NonNullable<LiveState["run"]>;
    const running = after(started, { kind: "delta", delta: delta({ run }) });
    expect(running.run).toBe(run);
    expect(after(running, { kind: "delta", delta: delta({ runOver: true }) }).run).toBeNull();
  });

  it("says which data are old: guards when one was switched, not when a figure moved", () => {
    const off = after(started, { kind: "delta", delta: delta({ nodes: [node("s/a", { guardsOff: ["outbox"] })] }) });
    expect(agedBy(started, off)).toEqual(["guards"]);
    const moved = after(started, { kind: "delta", delta: delta({ nodes: [node("s/a", { outbox: 3 })] }) });
    expect(agedBy(started, moved)).toEqual([]);
  });
});
