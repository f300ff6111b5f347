import { Breakable } from "../../parts/Breakable";
import { ToneIcon } from "../../parts/Tone";
import { text } from "../../text";
import { clockOf, shortOf, spanOf } from "../../text/format";
import style from "./Journeys.module.css";
import { type Placed, type Step, timelineOf } from "./timeline";

const pauseShownMs = 400;

/** The steps in time order; a column for each service, so that a jump between two can be seen without reading. */
export function TimelineView({ steps }: { steps: readonly Step[] }) {
  const { columns, steps: placed } = timelineOf(steps);
  return (
    <section className="panel stack" aria-label={text.journeys.timeline}>
      <h2>{text.journeys.timeline}</h2>
      <ol className={style["timeline"]} style={{ "--columns": columns.length } as React.CSSProperties}>
        {placed.map((one, index) => (
          <StepRow key={`${index}-${one.step.what}`} placed={one} who={columns[one.column] ?? ""} />
        ))}
      </ol>
    </section>
  );
}

function StepRow({ placed, who }: { placed: Placed; who: string }) {
  const { step, tone } = placed;
  return (
    <li className={style["step"]} data-tone={tone} style={{ "--column": placed.column } as React.CSSProperties}>
      {placed.pauseMs >= pauseShownMs && <span className={style["pause"]}>{text.journeys.pause(spanOf(placed.pauseMs))}</span>}
      <span className={style["time"]} title={step.at ? clockOf(step.at) : undefined}>
        {placed.sinceMs === null ? text.journeys.never : `+${spanOf(placed.sinceMs)}`}
      </span>
      <span className={style["track"]} aria-hidden>
        <span className={style["dot"]} />
      </span>
      <span className={style["who"]}>{step.instance ? shortOf(step.instance) : shortOf(who)}</span>
      <span className={style["did"]}>
        {tone && <ToneIcon tone={tone} />}
        <span>
          <Breakable>{step.what}</Breakable>
          {step.attempt > 1 && <span className="soft"> {text.journeys.attempt(step.attempt)}</span>}
        </span>
      </span>
    </li>
  );
}
