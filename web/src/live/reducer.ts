import type { Schemas } from "../api/lab";

export type MapView = Schemas["MapView"];
export type MapDelta = Schemas["MapDelta"];
export type MapNode = Schemas["MapNode"];
export type MapEdge = Schemas["MapEdge"];
export type ActiveFault = Schemas["ActiveFault"];
export type FiredFault = Schemas["FiredFault"];

/** Whether the lab is heard. */
export type Hearing = "connecting" | "heard" | "lost";

/** What the lab has told so far. The maps are replaced, never changed: who kept one may compare. */
export interface LiveState {
  hearing: Hearing;
  /** Counts snapshots: after a restart of the lab everything may be another. */
  epoch: number;
  phase: string;
  systems: readonly string[];
  nodes: ReadonlyMap<string, MapNode>;
  edges: ReadonlyMap<string, MapEdge>;
  faults: readonly ActiveFault[];
  fired: readonly FiredFault[];
  run: MapView["run"];
}

export type LiveEvent =
  | { kind: "snapshot"; view: MapView }
  | { kind: "delta"; delta: MapDelta }
  | { kind: "hearing"; hearing: Hearing };

export const firedMax = 200;

export const nothing: LiveState = { hearing: "connecting", epoch: 0, phase: "", systems: [], nodes: new Map(), edges: new Map(), faults: [], fired: [], run: null };

/** What is known after an event. Pure. */
export function after(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case "snapshot":
      return ofSnapshot(state, event.view);
    case "delta":
      return withDelta(state, event.delta);
    case "hearing":
      return state.hearing === event.hearing ? state : { ...state, hearing: event.hearing };
  }
}

function ofSnapshot(state: LiveState, view: MapView): LiveState {
  return {
    hearing: "heard",
    epoch: state.epoch + 1,
    phase: view.phase,
    systems: view.systems,
    nodes: byId(view.nodes),
    edges: byId(view.edges),
    faults: view.faults,
    fired: view.fired.slice(-firedMax),
    run: view.run,
  };
}

function withDelta(state: LiveState, delta: MapDelta): LiveState {
  if (state.epoch === 0) return state; // A change of what is not known says nothing; the snapshot comes first.
  return {
    ...state,
    hearing: "heard",
    phase: delta.phase ?? state.phase,
    systems: delta.systems ?? state.systems,
    nodes: patched(state.nodes, delta.nodes, delta.gone),
    edges: patched(state.edges, delta.edges, delta.gone),
    faults: delta.faults ?? state.faults,
    fired: delta.fired && delta.fired.length > 0 ? [...state.fired, ...delta.fired].slice(-firedMax) : state.fired,
    run: delta.runOver ? null : (delta.run ?? state.run),
  };
}

function byId<T extends { id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function patched<T extends { id: string }>(known: ReadonlyMap<string, T>, changed: readonly T[] | null, gone: readonly string[] | null): ReadonlyMap<string, T> {
  const leaves = gone?.filter((id) => known.has(id)) ?? [];
  if (!changed?.length && leaves.length === 0) return known;
  const next = new Map(known);
  for (const item of changed ?? []) next.set(item.id, item);
  for (const id of leaves) next.delete(id);
  return next;
}

/** What of the server's data an event makes old: the first words of query keys. */
export function agedBy(before: LiveState, now: LiveState): string[] {
  if (now.epoch !== before.epoch) return ["all"];
  const aged: string[] = [];
  if (now.faults !== before.faults) aged.push("faults");
  if (now.fired !== before.fired) aged.push("journeys");
  if ((now.run?.id ?? null) !== (before.run?.id ?? null)) aged.push("runs", "guards");
  if (now.nodes !== before.nodes) {
    if (differs(before.nodes, now.nodes, (node) => node.guardsOff.join())) aged.push("guards");
    if (differs(before.nodes, now.nodes, (node) => String(node.deadLetters))) aged.push("deadletters");
  }
  return aged;
}

function differs(before: ReadonlyMap<string, MapNode>, now: ReadonlyMap<string, MapNode>, of: (node: MapNode) => string): boolean {
  for (const [id, node] of now) {
    const old = before.get(id);
    if (!old || of(old) !== of(node)) return true;
  }
  return false;
}
