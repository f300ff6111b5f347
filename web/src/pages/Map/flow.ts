import { type Point, pointOf, type Way } from "./layout";

/** Dots in a second on one arrow at most; above that each stands for several messages. */
export const dotsPerSecondMax = 14;
const journeyMs = 1_100;

interface Lane {
  points: readonly Point[];
  perSecond: number;
  /** Parts of a dot that are due. */
  owed: number;
  /** When each dot that is under way began. */
  began: number[];
}

const samples = 24;

/** The dots that travel the arrows. Holds at most a few for each arrow, whatever passes, and is drawn on a canvas. */
export class Flow {
  private lanes = new Map<string, Lane>();
  private last = 0;

  /** Takes over the arrows; dots on arrows that stay go on. */
  place(ways: readonly Way[]): void {
    this.lanes = new Map(
      ways.map((way) => {
        const points = Array.from({ length: samples + 1 }, (_, index) => pointOf(way.curve, index / samples));
        const known = this.lanes.get(way.id);
        return [way.id, { points, perSecond: known?.perSecond ?? 0, owed: known?.owed ?? 0, began: known?.began ?? [] }];
      }),
    );
  }

  setRate(id: string, perSecond: number): void {
    const lane = this.lanes.get(id);
    if (lane) lane.perSecond = perSecond;
  }

  get isStill(): boolean {
    return [...this.lanes.values()].every((lane) => lane.perSecond <= 0 && lane.began.length === 0);
  }

  get dots(): number {
    return [...this.lanes.values()].reduce((sum, lane) => sum + lane.began.length, 0);
  }

  /** Goes on to a time, in milliseconds. */
  advance(now: number): void {
    const passed = Math.min(250, this.last === 0 ? 0 : now - this.last); // A page that slept does not send everything at once.
    this.last = now;
    for (const lane of this.lanes.values()) {
      while (lane.began.length > 0 && now - (lane.began[0] as number) >= journeyMs) lane.began.shift();
      lane.owed = Math.min(2, lane.owed + (Math.min(lane.perSecond, dotsPerSecondMax) * passed) / 1_000);
      for (; lane.owed >= 1; lane.owed--) lane.began.push(now);
    }
  }

  draw(canvas: CanvasRenderingContext2D, now: number, colour: string): void {
    canvas.fillStyle = colour;
    for (const lane of this.lanes.values()) {
      for (const began of lane.began) {
        const at = positionOf(lane.points, (now - began) / journeyMs);
        canvas.beginPath();
        canvas.arc(at.x, at.y, 4, 0, 2 * Math.PI);
        canvas.fill();
      }
    }
  }
}

function positionOf(points: readonly Point[], share: number): Point {
  const exact = Math.min(0.999, Math.max(0, share)) * samples;
  const index = Math.floor(exact);
  const [from, to] = [points[index] as Point, points[index + 1] as Point];
  const rest = exact - index;
  return { x: from.x + (to.x - from.x) * rest, y: from.y + (to.y - from.y) * rest };
}
