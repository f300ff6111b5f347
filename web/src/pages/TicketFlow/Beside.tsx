import { Send } from "lucide-react";
import { useEffect, useState } from "react";
import { Refusal } from "../../api/http";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { spanOf } from "../../text/format";
import { forget, type Kept, useKept } from "./kept";
import { Progress } from "./Progress";
import { samples } from "./samples";
import { toneOf } from "./status";
import style from "./TicketFlow.module.css";
import { useStatus } from "./useStatus";
import { useSubmit } from "./useSubmit";
import { useWords } from "./words";

const shownMax = 2;

/** The customer beside the map: one press sends an inquiry; what comes of it stands below, as the customer sees it. */
export default function BesideTicketFlow() {
  const words = useWords();
  const kept = useKept();
  const submit = useSubmit();
  const [next, setNext] = useState(() => kept.length % samples.length);
  const sample = samples[next % samples.length];
  const send = () => {
    if (sample) void submit.send(sample);
    setNext(next + 1);
  };
  return (
    <section className="panel stack" aria-label={text.map.beside}>
      <div className="row" data-spread>
        <h2>{text.map.beside}</h2>
        <button type="button" className="button" data-kind="first" disabled={submit.isSending} onClick={send}>
          <Send aria-hidden />
          {submit.isSending ? words.sending : text.ticketflow.sendOne}
        </button>
      </div>
      {submit.isSending && submit.tries > 0 && (
        <Note tone="degraded" live>
          {words.noAnswerYet(submit.tries)}
        </Note>
      )}
      <Problem error={submit.error} />
      {kept.length === 0 && <p className="soft">{text.ticketflow.nothingSent}</p>}
      <ul className="stack">
        {kept.slice(0, shownMax).map((one) => (
          <li key={one.id}>
            <Small kept={one} />
          </li>
        ))}
      </ul>
      <p className="small">
        <Link href="/ticketflow">{text.ticketflow.allPages}</Link>
      </p>
    </section>
  );
}

function Small({ kept }: { kept: Kept }) {
  const words = useWords();
  const status = useStatus(kept.id, kept.link);
  const isGone = status.error instanceof Refusal && status.error.status === 404;
  useEffect(() => {
    if (isGone) forget(kept.id);
  }, [isGone, kept.id]);
  const tone = status.data ? toneOf(status.data.status, status.unchangedMs) : undefined;
  return (
    <article className={style["small"]} data-tone={tone}>
      <p className="row" data-spread>
        <Link href={`/ticketflow/inquiry/${kept.id}/${kept.link}`}>{kept.title}</Link>
        <Link className="small" href={`/journeys/${encodeURIComponent(kept.key)}`}>
          {text.map.journey}
        </Link>
      </p>
      {status.data ? <Progress status={status.data.status} brief /> : status.error ? <p className="small soft">{words.away}</p> : null}
      {tone === "violated" && <p className={style["stands"]}>{words.unchanged(spanOf(status.unchangedMs))}</p>}
    </article>
  );
}
