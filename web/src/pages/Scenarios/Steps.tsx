import { type Tone, ToneIcon } from "../../parts/Tone";
import { text } from "../../text";
import type { ScenarioStep, StepState } from "./play";
import style from "./Scenarios.module.css";

const tones: Readonly<Record<StepState["state"], Tone | undefined>> = { waiting: undefined, running: "degraded", done: "healthy", failed: "violated" };

/** What is done, in order, and how far it is. */
export function Steps({ steps, states }: { steps: readonly ScenarioStep[]; states: readonly StepState[] }) {
  return (
    <ol className={style["steps"]} aria-label={text.scenarios.steps}>
      {steps.map((step) => {
        const state = states.find((one) => one.id === step.id);
        return (
          <li key={step.id} data-state={state?.state ?? "waiting"} aria-current={state?.state === "running" ? "step" : undefined}>
            <span className={style["mark"]}>{state && state.state !== "waiting" ? <ToneIcon tone={tones[state.state]} /> : null}</span>
            <span>
              <strong>{step.title}</strong>
              <span className="unseen"> ({text.scenarios.states[state?.state ?? "waiting"]})</span>
              <span className="small soft" style={{ display: "block" }}>
                {state?.says || step.says}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
