import type { ReportCell } from "../../api/report";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { many } from "../../text/format";
import style from "./Experiments.module.css";
import { Verdict } from "./Verdict";

const witnessesMax = 3;

/** One experiment of a run. */
export function CellView({ cell }: { cell: ReportCell }) {
  return (
    <details className="panel" open={cell.verdict !== "passed"}>
      <summary className={style["summary"]}>
        <h2>{cell.title}</h2>
        <Verdict verdict={cell.verdict} />
        <span className="small soft">{cell.operations.map((one) => `${one.name}: ${one.ok} ok${one.failed ? `, ${one.failed} failed` : ""}${one.unknown ? `, ${one.unknown} unknown` : ""}`).join(" · ")}</span>
      </summary>
      <div className="stack" style={{ marginTop: "var(--space-3)" }}>
        {cell.violations.map((violation) => (
          <Note key={violation.sentence} tone="violated">
            <p>
              <strong>{violation.rule}</strong> ({violation.kind})
            </p>
            <p>{violation.sentence}</p>
            <Witnesses ids={violation.operations.length > 0 ? violation.operations : (violation.messages ?? [])} />
          </Note>
        ))}
        {cell.predicted.length > 0 && <p className="small soft">{text.experiments.predicted(many(cell.predicted.length, "violation"))}</p>}
        {cell.notes.map((note) => (
          <p key={note.text} className="small">
            {note.text}
          </p>
        ))}
        <ul className={style["findings"]}>
          {cell.findings.map((finding) => (
            <li key={finding.checker} className="row">
              <Verdict verdict={finding.verdict} />
              <span>{finding.checker}</span>
              <span className="small soft">{finding.reason ?? text.experiments.judgedOf(finding.judged)}</span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function Witnesses({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <p className="row small">
      {ids.slice(0, witnessesMax).map((id) => (
        <Link key={id} href={`/journeys/${encodeURIComponent(id)}`}>
          {text.experiments.witness(id)}
        </Link>
      ))}
      {ids.length > witnessesMax && <span className="soft">{text.experiments.moreWitnesses(ids.length - witnessesMax)}</span>}
    </p>
  );
}
