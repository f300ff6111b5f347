import { useLive } from "../../live/live";
import { Problem } from "../../parts/Problem";
import { SystemChoice } from "../../parts/SystemChoice";
import { Badge } from "../../parts/Tone";
import { go, usePlace, withQuery } from "../../router/location";
import { text } from "../../text";
import { Chart } from "./Chart";
import { chartsOf, spanChoices } from "./charts";
import style from "./Metrics.module.css";
import { useMetrics } from "./useMetrics";

/** What is measured, as charts with the faults shaded across all of them. */
export default function MetricsPage() {
  const place = usePlace();
  const systems = useLive((state) => state.systems);
  const system = place.query.get("system") ?? systems[0] ?? "";
  const asked = Number(place.query.get("span"));
  const seconds = spanChoices.includes(asked) ? asked : 300;
  const { view, error, again } = useMetrics(system, seconds);
  const charts = view ? chartsOf(view) : [];
  return (
    <div className="stack">
      <div className="row" data-spread>
        <h1>{text.metrics.title}</h1>
        <span className="row">
          <SystemChoice systems={systems} chosen={system} />
          <select aria-label={text.metrics.span} style={{ width: "auto" }} value={seconds} onChange={(event) => go(withQuery(place, { span: event.target.value }), { replace: true })}>
            {spanChoices.map((one) => (
              <option key={one} value={one}>
                {text.metrics.spans[one]}
              </option>
            ))}
          </select>
        </span>
      </div>
      <p className="lead soft">{text.metrics.lead}</p>
      <Problem error={error} again={again} />
      {view && view.windows.length > 0 && (
        <p className={`row ${style["broken"]}`}>
          <span className="small soft">{text.metrics.broken}</span>
          {view.windows.slice(-6).map((window) => (
            <Badge key={`${window.faultId}${window.from}`} tone="fault">
              {window.says}
            </Badge>
          ))}
        </p>
      )}
      {view && charts.length === 0 && <p className="soft">{text.metrics.none}</p>}
      <div className={style["charts"]}>
        {view && charts.map((chart) => <Chart key={chart.id} chart={chart} times={view.times} windows={view.windows} />)}
      </div>
    </div>
  );
}
