import { afterEach, describe, expect, it, vi } from "vitest";
import { filled, found, play, type Scenario, type ScenarioStep, type StepState, stepsOf } from "./play";

const step = (id: string, more: Partial<ScenarioStep> = {}): ScenarioStep => ({ id, title: id, says: "", only: null, request: null, mayFail: null, saves: null, ...more }) as ScenarioStep;
const request = (path: string, body: unknown = null) => ({ method: "POST", path, headers: { "Idempotency-Key": "{play}" }, body }) as ScenarioStep["request"];
const noPause = async () => {};
afterEach(() => vi.unstubAllGlobals());

async function run(steps: ScenarioStep[], names: Record<string, string> = { play: "p" }) {
  let last: StepState[] = [];
  await play({ steps, tell: (states) => (last = states), stop: new AbortController().signal, names, pause: noPause });
  return { last, names };
}

describe("a scenario that is played", () => {
  it("fills names into paths, headers and bodies", () => {
    expect(filled({ path: "/x/{id}", list: ["{id}", 3], keep: "{unknown}" }, { id: "7" })).toEqual({ path: "/x/7", list: ["7", 3], keep: "{unknown}" });
  });

  it("finds what a step saves", () => {
    expect(found("$.items[1].id", { items: [{ id: "a" }, { id: "b" }] })).toBe("b");
    expect(found("$.missing.id", {})).toBeNull();
  });

  it("has its own steps with the guard and without it", () => {
    const scenario = { steps: [step("all"), step("on", { only: "guarded" }), step("off", { only: "unguarded" })] } as Scenario;
    expect(stepsOf(scenario, true).map((one) => one.id)).toEqual(["all", "on"]);
    expect(stepsOf(scenario, false).map((one) => one.id)).toEqual(["all", "off"]);
  });

  it("uses what an earlier step has saved", async () => {
    const paths: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      paths.push(path);
      return new Response(JSON.stringify({ id: "42" }));
    });
    const { last } = await run([step("a", { request: request("/make"), saves: { made: "$.id" } }), step("b", { request: request("/look/{made}") })]);
    expect(paths).toEqual(["/make", "/look/42"]);
    expect(last.map((one) => one.state)).toEqual(["done", "done"]);
  });

  it("sends the same again with the same key where an answer may be missing", async () => {
    const keys: (string | undefined)[] = [];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      keys.push((init.headers as Record<string, string>)["Idempotency-Key"]);
      return keys.length < 3 ? new Response("{}", { status: 502 }) : new Response("{}");
    });
    const { last } = await run([step("a", { request: request("/x"), mayFail: true })]);
    expect(keys).toEqual(["p", "p", "p"]);
    expect(last[0]?.state).toBe("done");
  });

  it("stops at a step that fails, and says why", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ detail: "no such guard" }), { status: 400 }));
    const { last } = await run([step("a", { request: request("/x") }), step("b")]);
    expect(last.map((one) => one.state)).toEqual(["failed", "waiting"]);
    expect(last[0]?.says).toBe("No such guard.");
  });
});
