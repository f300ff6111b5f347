import { describe, expect, it } from "vitest";
import type { MapEdge, MapNode } from "../../live/reducer";
import { Flow } from "./flow";
import { arrowsOf, layout, meets, ownerOf, pointOf, ranksOf } from "./layout";

const node = (id: string, kind = "service") => ({ id, kind, system: "t" }) as MapNode;
const edge = (kind: string, from: string, to: string) => ({ id: `${kind}:${from}>${to}`, kind, from, to, messageTypes: [] }) as unknown as MapEdge;

const nodes = [node("t/client", "client"), node("t/inquiries"), node("t/translations"), node("t/tickets"), node("t/tickets#queue", "queue"), node("t/broker", "broker")];
const edges = [
  edge("request", "t/client", "t/inquiries"),
  edge("publish", "t/inquiries", "t/translations#queue"),
  edge("publish", "t/inquiries", "t/tickets#queue"),
  edge("publish", "t/translations", "t/tickets#queue"),
  edge("publish", "t/tickets", "t/inquiries#queue"),
  edge("publish", "t/tickets", "t/tickets#queue"),
  edge("deliver", "t/tickets#queue", "t/tickets"),
];

const overlap = (one: { x: number; y: number; width: number; height: number }, other: typeof one) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

describe("the picture of a system", () => {
  it("ranks a card by its distance from the customers, whatever comes back", () => {
    const ranks = ranksOf(["t/client", "t/inquiries", "t/translations", "t/tickets"], arrowsOf(edges));
    expect([...ranks.values()]).toEqual([0, 1, 2, 2]);
  });

  it("ranks a system in which everything goes round", () => {
    const ranks = ranksOf(["a", "b"], arrowsOf([edge("publish", "a", "b#queue"), edge("publish", "b", "a#queue")]));
    expect(ranks.size).toBe(2);
  });

  it.each([true, false])("lays no card over another, and all of them on the stage (narrow: %s)", (narrow) => {
    const stage = layout(nodes, edges, narrow);
    const boxes = [...stage.boxes.values()];
    expect(boxes).toHaveLength(4);
    for (const [index, one] of boxes.entries()) {
      for (const other of boxes.slice(index + 1)) expect(overlap(one, other), `${one.id} and ${other.id}`).toBe(false);
      expect(one.x + one.width).toBeLessThanOrEqual(stage.width);
      expect(one.y + one.height).toBeLessThanOrEqual(stage.height);
    }
  });

  it.each([true, false])("keeps the point at which an arrow is broken on the stage and off the cards (narrow: %s)", (narrow) => {
    const stage = layout(nodes, edges, narrow);
    expect(stage.ways).toHaveLength(6);
    for (const { id, middle } of stage.ways) {
      expect(middle.x > 0 && middle.x < stage.width && middle.y > 0 && middle.y < stage.height, id).toBe(true);
      const on = [...stage.boxes.values()].find((box) => overlap(box, { ...middle, width: 1, height: 1 }));
      expect(on?.id, id).toBeUndefined();
    }
  });

  it("leaves room on a narrow stage for each crack on an arrow, and none over another", () => {
    const names = ["inquiries", "tickets", "sla"];
    const stage = layout(names.map((name) => node(`n/${name}`)), names.flatMap((from) => names.map((to) => edge("publish", `n/${from}`, `n/${to}#queue`))), true);
    const radius = 16;
    for (const [index, { id, middle }] of stage.ways.entries()) {
      expect(middle.x >= radius && middle.x <= stage.width - radius, id).toBe(true);
      for (const other of stage.ways.slice(index + 1)) expect(Math.hypot(middle.x - other.middle.x, middle.y - other.middle.y), `${id} and ${other.id}`).toBeGreaterThan(2 * radius);
    }
  });

  it("leads no arrow through a card of its own column, and puts who speaks to nobody out of the way, beside the customers", () => {
    const names = ["inquiries", "translations", "tickets", "sla", "communication", "metrics"];
    const publish = (from: string, ...to: string[]) => to.map((one) => edge("publish", `d/${from}`, `d/${one}#queue`));
    const stage = layout(
      [node("d/client", "client"), ...names.map((name) => node(`d/${name}`))],
      [
        edge("request", "d/client", "d/inquiries"), ...publish("inquiries", "translations", "tickets", "sla", "communication"), ...publish("tickets", "sla", "communication", "translations"),
        ...publish("translations", "tickets", "communication"), ...publish("communication", "translations", "tickets", "sla"), ...publish("sla", "translations", "communication"),
      ],
      false,
    );
    expect(stage.boxes.get("d/metrics")?.rank).toBe(0);
    for (const { id, curve, middle } of stage.ways) {
      const ends = id.replace(/^[a-z]+:/, "").split(">").map(ownerOf);
      const others = [...stage.boxes.values()].filter((box) => !ends.includes(box.id)).map((box) => ({ ...box, x: box.x + 14, width: box.width - 28, y: box.y + 14, height: box.height - 28 }));
      expect(meets(curve, others), id).toBe(false);
      expect(middle.x < stage.width && middle.y < stage.height, id).toBe(true);
      expect(meets([middle, middle, middle, middle], others), id).toBe(false);
    }
    for (const [index, one] of stage.ways.entries()) {
      for (const other of stage.ways.slice(index + 1)) expect(Math.hypot(one.middle.x - other.middle.x, one.middle.y - other.middle.y), `${one.id} and ${other.id}`).toBeGreaterThan(26);
    }
  });

  it("leads no arrow through a card, though a customer asks a service behind another", () => {
    const stage = layout(
      [node("r/client", "client"), node("r/menu"), node("r/loyalty"), node("r/orders")],
      [edge("request", "r/client", "r/orders"), edge("request", "r/client", "r/menu"), edge("publish", "r/orders", "r/menu#queue"), edge("publish", "r/orders", "r/loyalty#queue"), edge("publish", "r/orders", "r/orders#queue")],
      false,
      ["r/orders"],
    );
    const boxes = [...stage.boxes.values()];
    for (const way of stage.ways) {
      const [from, to] = (way.id.split(":")[1] ?? "").split(">").map(ownerOf);
      expect(meets(way.curve, boxes.filter((box) => box.id !== from && box.id !== to)), way.id).toBe(false);
    }
  });

  it("notices an arrow that leads through a card", () => {
    const box = { id: "a", x: 100, y: 0, width: 50, height: 50, rank: 0 };
    expect(meets([{ x: 0, y: 20 }, { x: 80, y: 20 }, { x: 160, y: 20 }, { x: 240, y: 20 }], [box])).toBe(true);
    expect(meets([{ x: 0, y: 90 }, { x: 80, y: 90 }, { x: 160, y: 90 }, { x: 240, y: 90 }], [box])).toBe(false);
  });

  it("keeps its shape when a customer comes in by another way than the door", () => {
    const more = [...edges, edge("request", "t/client", "t/tickets")];
    expect([...layout(nodes, more, false, ["t/inquiries"]).boxes.values()]).toEqual([...layout(nodes, edges, false, ["t/inquiries"]).boxes.values()]);
  });

  it("is the same each time", () => expect(layout(nodes, edges, false)).toEqual(layout(nodes, edges, false)));

  it("knows what a queue belongs to", () => expect([ownerOf("t/tickets#queue"), ownerOf("t/tickets")]).toEqual(["t/tickets", "t/tickets"]));

  it("begins and ends a curve at its ends", () => {
    const curve = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 20, y: 30 }, { x: 30, y: 30 }] as const;
    expect(pointOf(curve, 0)).toEqual(curve[0]);
    expect(pointOf(curve, 1)).toEqual(curve[3]);
  });
});

describe("the dots on the arrows", () => {
  const run = (perSecond: number, seconds: number) => {
    const flow = new Flow();
    flow.place(layout(nodes, edges, false).ways);
    for (const one of edges) flow.setRate(one.id, perSecond);
    let most = 0;
    for (let at = 1; at < seconds * 1_000; at += 16) {
      flow.advance(at);
      most = Math.max(most, flow.dots);
    }
    return { flow, most };
  };

  it("stay few, however many messages pass", () => {
    expect(run(2_000, 30).most).toBeLessThan(6 * 20);
  });

  it("show a message now and then as a dot now and then", () => {
    expect(run(0.5, 10).most).toBeGreaterThan(0);
  });

  it("come to rest when nothing flows any more", () => {
    const { flow } = run(10, 3);
    for (const one of edges) flow.setRate(one.id, 0);
    flow.advance(3_016);
    flow.advance(5_000);
    expect(flow.isStill).toBe(true);
  });

  it("do not all come at once after the page has slept", () => {
    const { flow } = run(10, 1);
    flow.advance(600_000);
    expect(flow.dots).toBeLessThan(6 * 4);
  });
});
