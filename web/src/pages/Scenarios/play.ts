import { anything } from "../../api/decode";
import { ask, Refusal } from "../../api/http";
import type { Schemas } from "../../api/lab";

export type Scenario = Schemas["Scenario"];
export type ScenarioStep = Scenario["steps"][number];

/** How far a step is. */
export interface StepState {
  id: string;
  state: "waiting" | "running" | "done" | "failed";
  says: string;
}

/** Fills `{name}` in every text of a value. A name that is not known stays, so that the lab names it. Pure. */
export function filled(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") return value.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
  if (Array.isArray(value)) return value.map((item) => filled(item, names));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, names)]));
  return value;
}

/** What a path such as `$.id` or `$.items[0].id` finds in a reply; null when there is nothing. Pure. */
export function found(path: string, reply: unknown): string | null {
  const parts = path.replace(/^\$\.?/, "").split(/[.[\]]+/).filter(Boolean);
  const value = parts.reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined), reply);
  return value === undefined || value === null ? null : String(value);
}

/** The steps of a scenario with its guard on or off. Pure. */
export function stepsOf(scenario: Scenario, guarded: boolean): ScenarioStep[] {
  return scenario.steps.filter((step) => !step.only || step.only === (guarded ? "guarded" : "unguarded"));
}

const triesMax = 20;
const pauseMs = 1_000;

export interface Player {
  steps: readonly ScenarioStep[];
  /** Told at each change. */
  tell: (states: StepState[], names: Readonly<Record<string, string>>) => void;
  stop: AbortSignal;
  names: Record<string, string>;
  pause?: (ms: number) => Promise<void>;
}

/** Plays the steps in order, as a person would; a request that may fail is tried again with the same key, as a customer would. */
export async function play({ steps, tell, stop, names, pause = (ms) => new Promise((done) => setTimeout(done, ms)) }: Player): Promise<void> {
  const states: StepState[] = steps.map((step) => ({ id: step.id, state: "waiting", says: "" }));
  const now = (index: number, state: StepState["state"], says = "") => {
    states[index] = { id: steps[index]?.id ?? "", state, says };
    tell([...states], { ...names });
  };
  for (const [index, step] of steps.entries()) {
    now(index, "running");
    if (!step.request) {
      now(index, "done");
      continue;
    }

    for (let tries = 1; ; tries++) {
      if (stop.aborted) return;
      try {
        const reply = await send(step, names, stop);
        for (const [name, path] of Object.entries(step.saves ?? {})) names[name] = found(path, reply) ?? names[name] ?? "";
        now(index, "done");
        break;
      } catch (error) {
        // What was just committed may not be seen yet by who asks for it.
        const passing = error instanceof Refusal && (error.isPassing || (error.status === 404 && step.request.method === "GET"));
        if (!step.mayFail || !passing || tries >= triesMax) {
          now(index, "failed", error instanceof Error ? error.message : String(error));
          return;
        }
        now(index, "running", `No answer at try ${tries}; trying again as a customer would.`);
        await pause(pauseMs);
      }
    }
  }
}

function send(step: ScenarioStep, names: Readonly<Record<string, string>>, stop: AbortSignal): Promise<unknown> {
  const { method, path, headers, body } = step.request as NonNullable<ScenarioStep["request"]>;
  return ask(String(filled(path, names)), anything, {
    method: method as "GET" | "POST" | "PUT" | "DELETE",
    headers: filled(headers ?? {}, names) as Record<string, string>,
    ...(body === null || body === undefined ? {} : { body: filled(body, names) }),
    signal: stop,
  });
}
