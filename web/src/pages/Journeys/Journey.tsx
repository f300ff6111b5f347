import { useQuery } from "@tanstack/react-query";
import { lab } from "../../api/lab";
import { CopyButton } from "../../parts/CopyButton";
import { Problem } from "../../parts/Problem";
import { Badge, Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { shortOf } from "../../text/format";
import { toneOf } from "./outcome";
import { Spans } from "./Spans";
import { TimelineView } from "./TimelineView";

/** The life of one message or operation: what became of it, and each step on the way. */
export function JourneyPage({ id }: { id: string }) {
  const journey = useQuery({ queryKey: ["journeys", "one", id], queryFn: () => lab("ReadJourney", { path: { id } }), refetchInterval: 4_000 });
  const data = journey.data;
  const tone = toneOf(data?.outcome ?? "");
  return (
    <div className="stack">
      <p className="small">
        <Link href="/journeys">{text.journeys.title}</Link>
      </p>
      <div className="row">
        <h1>{text.journeys.one}</h1>
        {data && <Badge tone={tone}>{text.journeys.outcomes[data.outcome] ?? data.outcome}</Badge>}
      </div>
      <p className="row small soft">
        <span className="code" style={{ overflowWrap: "anywhere" }}>
          {id}
        </span>
        <CopyButton text={id} />
      </p>
      <Problem error={journey.error} again={() => void journey.refetch()} />
      {data && (
        <>
          <Note tone={tone}>
            <p className="lead">{data.says}</p>
          </Note>
          {data.ends.length > 0 && <Ends ends={data.ends} />}
          <TimelineView steps={data.steps} />
          {data.spans.length > 0 && <Spans spans={data.spans} />}
        </>
      )}
    </div>
  );
}

function Ends({ ends }: { ends: readonly { messageId: string; type: string; consumer: string; fate: string; effects: number }[] }) {
  return (
    <section className="panel scroll" tabIndex={0} aria-label={text.journeys.ends}>
      <h2>{text.journeys.ends}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.journeys.message}</th>
            <th scope="col">{text.journeys.consumer}</th>
            <th scope="col">{text.journeys.fate}</th>
            <th scope="col" className="number">
              {text.journeys.effects}
            </th>
          </tr>
        </thead>
        <tbody>
          {ends.map((end) => (
            <tr key={`${end.messageId}${end.consumer}`}>
              <td>
                <Link href={`/journeys/${end.messageId}`}>{shortOf(end.type)}</Link>
              </td>
              <td>{shortOf(end.consumer)}</td>
              <td>
                <Badge tone={toneOf(end.fate)}>{text.journeys.outcomes[end.fate] ?? end.fate}</Badge>
              </td>
              <td className="number">{end.effects}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
