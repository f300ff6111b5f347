import type { MapEdge, MapNode } from "../../live/reducer";

export interface Point {
  x: number;
  y: number;
}

/** Where a node is drawn, in the units of the stage. */
export interface Box extends Point {
  id: string;
  width: number;
  height: number;
  rank: number;
}

/** A way between two nodes: a cubic curve, and the point at which it can be pressed. */
export interface Way {
  id: string;
  curve: readonly [Point, Point, Point, Point];
  middle: Point;
}

export interface Stage {
  width: number;
  height: number;
  boxes: ReadonlyMap<string, Box>;
  ways: readonly Way[];
}

/** An arrow as a person sees it: from a service to a service, whatever lies between. */
export interface Arrow {
  edge: MapEdge;
  from: string;
  to: string;
}

export const card = { width: 276, height: 122 };
export const person = { width: 104, height: 92 };
const gapAcross = 112;
const gapDown = 52;
const margin = 20;
const under = 64;
const loop = 44;
/** What cards under each other leave free at both sides: the ways round them, and the cracks on these. */
const aside = 52;

/** The service that a queue or a database belongs to; of a service itself, it. */
export function ownerOf(id: string): string {
  const mark = id.indexOf("#");
  return mark < 0 ? id : id.slice(0, mark);
}

/** What is drawn as an arrow: messages from service to service, and requests. The rest is inside the cards. */
export function arrowsOf(edges: Iterable<MapEdge>): Arrow[] {
  return [...edges].filter((edge) => edge.kind === "publish" || edge.kind === "request").map((edge) => ({ edge, from: ownerOf(edge.from), to: ownerOf(edge.to) }));
}

/** Whether an arrow belongs to the shape of the system: every one but those by which customers come in where there is no door for them. */
export function isDoor(edge: MapEdge, doors: readonly string[]): boolean {
  return edge.kind !== "request" || !edge.from.endsWith("/client") || doors.length === 0 || doors.includes(edge.to);
}

/** How many arrows lie between the outside and each card. */
export function ranksOf(cards: readonly string[], arrows: readonly Arrow[]): ReadonlyMap<string, number> {
  const starts = cards.filter((id) => !arrows.some((arrow) => arrow.to === id && arrow.from !== id));
  const ranks = new Map<string, number>((starts.length > 0 ? starts : cards.slice(0, 1)).map((id) => [id, 0]));
  for (let rank = 0; ; rank++) {
    const next = arrows.filter((arrow) => ranks.get(arrow.from) === rank && !ranks.has(arrow.to)).map((arrow) => arrow.to);
    if (next.length === 0) break;
    for (const id of next) ranks.set(id, rank + 1);
  }
  for (const id of cards) if (!ranks.has(id)) ranks.set(id, 1);
  return ranks;
}

/** Places cards and arrows; `narrow` puts one card under the other. Pure: the same system is drawn the same each time. */
export function layout(nodes: Iterable<MapNode>, edges: Iterable<MapEdge>, narrow: boolean, doors: readonly string[] = []): Stage {
  const cards = [...nodes].filter((node) => node.kind === "service" || node.kind === "client");
  const arrows = arrowsOf(edges);
  const ranks = ranksOf(cards.map((node) => node.id), arrows.filter((arrow) => isDoor(arrow.edge, doors)));
  const boxes = narrow ? stacked(cards, ranks) : columns(cards, ranks);
  const all = [...boxes.values()];
  const bottom = Math.max(0, ...all.map((box) => box.y + box.height));
  const isBack = (arrow: Arrow) => arrow.from !== arrow.to && (boxes.get(arrow.to)?.rank ?? 0) < (boxes.get(arrow.from)?.rank ?? 0);
  const ways = waysOf(arrows, boxes, narrow, bottom);
  const below = !narrow && arrows.some(isBack) ? under : arrows.some((arrow) => arrow.from === arrow.to) ? loop : 0; // Narrow, what goes back goes up at the left.
  return {
    width: Math.max(0, ...all.map((box) => box.x + box.width + (narrow ? aside : margin)), ...ways.flatMap((way) => way.curve.map((point) => point.x)).map((x) => x + margin)),
    height: bottom + margin + below,
    boxes,
    ways,
  };
}

function sizeOf(node: MapNode) {
  return node.kind === "client" ? person : card;
}

function columns(cards: readonly MapNode[], ranks: ReadonlyMap<string, number>): Map<string, Box> {
  const last = Math.max(0, ...ranks.values());
  const byRank = Array.from({ length: last + 1 }, (_, rank) => cards.filter((node) => ranks.get(node.id) === rank));
  const heights = byRank.map((column) => column.reduce((sum, node) => sum + sizeOf(node).height + gapDown, -gapDown));
  const tallest = Math.max(0, ...heights);
  const boxes = new Map<string, Box>();
  let x = margin;
  byRank.forEach((column, rank) => {
    let y = margin + (tallest - (heights[rank] ?? 0)) / 2;
    const width = Math.max(0, ...column.map((node) => sizeOf(node).width));
    for (const node of column) {
      boxes.set(node.id, { id: node.id, x, y, ...sizeOf(node), rank });
      y += sizeOf(node).height + gapDown;
    }
    x += width + gapAcross;
  });
  return boxes;
}

function stacked(cards: readonly MapNode[], ranks: ReadonlyMap<string, number>): Map<string, Box> {
  const boxes = new Map<string, Box>();
  let y = margin;
  const order = [...cards].sort((one, other) => (ranks.get(one.id) ?? 0) - (ranks.get(other.id) ?? 0));
  order.forEach((node, place) => {
    const size = sizeOf(node);
    boxes.set(node.id, { id: node.id, x: aside + (card.width - size.width) / 2, y, ...size, rank: place });
    y += size.height + 64;
  });
  return boxes;
}

function waysOf(arrows: readonly Arrow[], boxes: ReadonlyMap<string, Box>, narrow: boolean, bottom: number): Way[] {
  const between = new Map<string, number>();
  const taken: Point[] = [];
  return arrows.flatMap((arrow) => {
    const [from, to] = [boxes.get(arrow.from), boxes.get(arrow.to)];
    if (!from || !to) return [];
    const pair = `${arrow.from}>${arrow.to}`;
    const twin = between.get(pair) ?? 0;
    between.set(pair, twin + 1);
    const curve = from === to ? around(from, narrow) : narrow ? downwards(from, to, twin) : across(from, to, twin, bottom, boxes, arrows);
    const middle = pressedAt(curve, taken, [...boxes.values()]);
    taken.push(middle);
    return [{ id: arrow.edge.id, curve, middle }];
  });
}

const shares = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
const room = 44;

/** Where an arrow can be pressed: near its middle, on no card, and not so near to another that a finger hits both. */
function pressedAt(curve: Way["curve"], taken: readonly Point[], cards: readonly Box[]): Point {
  const points = shares.map((share) => pointOf(curve, share));
  const isOn = (at: Point) => cards.some((box) => at.x > box.x && at.x < box.x + box.width && at.y > box.y && at.y < box.y + box.height);
  const spare = points.filter((at) => !isOn(at));
  return spare.find((at) => taken.every((other) => Math.hypot(at.x - other.x, at.y - other.y) >= room)) ?? spare[0] ?? pointOf(curve, 0.5);
}

/** Left to right; straight down within a column; back under all cards. */
function across(from: Box, to: Box, twin: number, bottom: number, boxes: ReadonlyMap<string, Box>, arrows: readonly Arrow[]): Way["curve"] {
  if (to.rank > from.rank) {
    const start = { x: from.x + from.width, y: from.y + from.height * shareOf(from.id, to.id, arrows, boxes, "out") };
    const end = { x: to.x - 2, y: to.y + to.height * shareOf(to.id, from.id, arrows, boxes, "in") + twin * 14 };
    const pull = Math.max(40, (end.x - start.x) / 2);
    const direct: Way["curve"] = [start, { x: start.x + pull, y: start.y }, { x: end.x - pull, y: end.y }, end];
    return to.rank === from.rank + 1 ? direct : past(direct, [...boxes.values()].filter((box) => box !== from && box !== to), bottom);
  }
  if (to.rank === from.rank) {
    const isBelow = to.y > from.y;
    const isBetween = (box: Box) => box.rank === from.rank && box.y > Math.min(from.y, to.y) && box.y < Math.max(from.y, to.y);
    const passed = [...boxes.values()].filter(isBetween).length;
    if (passed > 0) return beside(from, to, isBelow ? 0.7 : 0.3, gapAcross * 0.55 + passed * 18 + twin * 14);
    const x = from.x + from.width * (isBelow ? 0.62 : 0.38) + twin * 20;
    const [start, end] = isBelow ? [{ x, y: from.y + from.height }, { x, y: to.y - 2 }] : [{ x, y: from.y }, { x, y: to.y + to.height + 2 }];
    return [start, { x, y: (start.y * 2 + end.y) / 3 }, { x, y: (start.y + end.y * 2) / 3 }, end];
  }
  const start = { x: from.x + from.width * 0.22 + twin * 24, y: from.y + from.height };
  const end = { x: to.x + to.width * 0.5 + twin * 24, y: to.y + to.height + 2 };
  const depth = bottom + under * 0.9;
  return [start, { x: start.x, y: depth }, { x: end.x, y: depth }, end];
}

/** Over a card of the same column: out at the right, and back in. */
function beside(from: Box, to: Box, share: number, reach: number): Way["curve"] {
  const [start, end] = [
    { x: from.x + from.width, y: from.y + from.height * share },
    { x: to.x + to.width + 2, y: to.y + to.height * (1 - share) },
  ];
  const pulled = Math.max(start.x, end.x) + reach;
  return [start, { x: pulled, y: start.y }, { x: pulled, y: end.y }, end];
}

const laneStep = 12;

/** An arrow over a column: where a card is in its way, it bows above or below, as little as it must. */
function past(direct: Way["curve"], others: readonly Box[], bottom: number): Way["curve"] {
  const [start, , , end] = direct;
  const bowed = (lane: number): Way["curve"] => {
    const pulled = (lane - (start.y + end.y) / 8) / 0.75; // A cubic reaches three quarters of the way to its control points.
    const aside = (end.x - start.x) * 0.22;
    return [start, { x: start.x + aside, y: pulled }, { x: end.x - aside, y: pulled }, end];
  };
  const middle = (start.y + end.y) / 2;
  const lanes = Array.from({ length: Math.ceil((bottom + margin) / laneStep) }, (_, step) => [middle - step * laneStep, middle + step * laneStep]).flat();
  const free = lanes.filter((lane) => lane > margin && lane < bottom).map(bowed);
  return [direct, ...free].find((curve) => !meets(curve, others)) ?? direct;
}

const clear = 14;

/** Whether a curve comes near a card. Pure. */
export function meets(curve: Way["curve"], boxes: readonly Box[]): boolean {
  return Array.from({ length: 33 }, (_, step) => pointOf(curve, step / 32)).some((at) =>
    boxes.some((box) => at.x > box.x - clear && at.x < box.x + box.width + clear && at.y > box.y - clear && at.y < box.y + box.height + clear),
  );
}

/** What a service sends to itself leaves at its bottom and comes back there; narrow, the middle belongs to the arrow to the next one. */
function around(box: Box, narrow: boolean): Way["curve"] {
  const [left, right, y] = [box.x + box.width * (narrow ? 0.1 : 0.36), box.x + box.width * (narrow ? 0.3 : 0.6), box.y + box.height];
  return [{ x: right, y }, { x: right, y: y + loop }, { x: left, y: y + loop }, { x: left, y: y + 2 }];
}

/** Where along a side an arrow begins or ends: those that lead higher are higher, so that few cross. */
function shareOf(id: string, other: string, arrows: readonly Arrow[], boxes: ReadonlyMap<string, Box>, side: "in" | "out"): number {
  const rank = boxes.get(id)?.rank ?? 0;
  const ends = new Set(arrows.flatMap((arrow) => (side === "out" ? (arrow.from === id ? [arrow.to] : []) : arrow.to === id ? [arrow.from] : [])));
  const those = [...ends].map((end) => boxes.get(end)).filter((box) => box !== undefined && (side === "out" ? box.rank > rank : box.rank < rank)) as Box[];
  // What goes further passes outside of what stands between, and ends outside too.
  const mine = boxes.get(id)?.y ?? 0;
  const isNear = (box: Box) => Math.abs(box.rank - rank) === 1;
  const isHigh = those.filter(isNear).every((box) => mine <= box.y);
  const heightOf = (box: Box) => (isNear(box) ? box.y : isHigh ? -1 : Number.MAX_VALUE);
  those.sort((one, next) => heightOf(one) - heightOf(next));
  return (those.findIndex((box) => box.id === other) + 1) / (those.length + 1);
}

/** One under the other: to the next straight down, further down at the right, back up at the left. */
function downwards(from: Box, to: Box, twin: number): Way["curve"] {
  if (to.rank === from.rank + 1) {
    const x = from.x + from.width / 2 + twin * 20;
    const [start, end] = [{ x, y: from.y + from.height }, { x, y: to.y - 2 }];
    return [start, { x, y: start.y + 10 }, { x, y: end.y - 10 }, end];
  }
  const isDown = to.rank > from.rank;
  const side = isDown ? 1 : -1;
  const edgeOf = (box: Box) => (isDown ? box.x + box.width : box.x);
  const start = { x: edgeOf(from), y: from.y + from.height * 0.62 + twin * 12 };
  const end = { x: edgeOf(to) + side * 2, y: to.y + to.height * 0.38 + twin * 12 };
  const reach = Math.max(start.x * side, end.x * side) * side + side * 44;
  return [start, { x: reach, y: start.y }, { x: reach, y: end.y }, end];
}

/** The point of a curve at a share of its way, 0 to 1. */
export function pointOf([a, b, c, d]: Way["curve"], share: number): Point {
  const rest = 1 - share;
  const of = (from: number, pull: number, pulled: number, to: number) => rest ** 3 * from + 3 * rest ** 2 * share * pull + 3 * rest * share ** 2 * pulled + share ** 3 * to;
  return { x: of(a.x, b.x, c.x, d.x), y: of(a.y, b.y, c.y, d.y) };
}

/** The curve as the text of an SVG path. */
export function pathOf([a, b, c, d]: Way["curve"]): string {
  const at = (point: Point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
  return `M${at(a)}C${at(b)} ${at(c)} ${at(d)}`;
}
