import type { Schemas } from "../../api/lab";
import { text } from "../../text";
import { shortOf, spanOf } from "../../text/format";
import style from "./Journeys.module.css";

type Span = Schemas["JourneyView"]["spans"][number];

/** What the services measured, as bars on one time axis. */
export function Spans({ spans }: { spans: readonly Span[] }) {
  const starts = spans.map((span) => Date.parse(span.startedAt));
  const from = Math.min(...starts);
  const whole = Math.max(1, ...spans.map((span, index) => (starts[index] ?? from) - from + span.durationMs));
  return (
    <details className="panel">
      <summary>
        <h2 style={{ display: "inline" }}>{text.journeys.spans}</h2>
      </summary>
      <ol className={style["spans"]}>
        {spans.map((span, index) => (
          <li key={span.spanId} className={style["span"]} data-failed={span.failed}>
            <span>
              {shortOf(span.service)} <span className="soft">{span.name}</span>
            </span>
            <span className={style["bar"]}>
              <span style={{ left: `${(((starts[index] ?? from) - from) / whole) * 100}%`, width: `${Math.max(0.4, (span.durationMs / whole) * 100)}%` }} />
            </span>
            <span className="small soft">{spanOf(span.durationMs)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
