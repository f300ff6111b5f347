import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Age } from "../../parts/Age";
import { Field } from "../../parts/Field";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { spanOf } from "../../text/format";
import { type Entry, reply } from "./api";
import { useKept } from "./kept";
import { Progress } from "./Progress";
import { toneOf } from "./status";
import style from "./TicketFlow.module.css";
import { useStatus } from "./useStatus";
import { useWords } from "./words";

/** Status and conversation, for whoever has the link. */
export function InquiryPage({ id, link }: { id: string; link: string }) {
  const words = useWords();
  const status = useStatus(id, link);
  const kept = useKept().find((one) => one.id === id);
  const data = status.data;
  return (
    <div className={style["inquiry"]}>
      <p className="small">
        <Link href="/ticketflow">{words.back}</Link>
      </p>
      {status.error && data && <Note tone="degraded">{words.away}</Note>}
      {status.error && !data && <Problem error={status.error} />}
      {data && (
        <>
          <h1>{data.title}</h1>
          <Progress status={data.status} />
          {toneOf(data.status, status.unchangedMs) === "violated" && <p className={style["stands"]}>{words.unchanged(spanOf(status.unchangedMs))}</p>}
          <section className="stack" aria-label={words.conversation}>
            <h2>{words.conversation}</h2>
            <ol className={style["conversation"]}>
              {data.conversation.map((entry, index) => (
                <EntryView key={`${index}-${entry.at}`} entry={entry} />
              ))}
            </ol>
          </section>
          <More id={id} link={link} />
          <p className="small soft">{words.secret}</p>
        </>
      )}
      {kept && (
        <p className="small">
          <Link href={`/journeys/${encodeURIComponent(kept.key)}`}>{text.ticketflow.journey}</Link>
        </p>
      )}
    </div>
  );
}

function EntryView({ entry }: { entry: Entry }) {
  const words = useWords();
  const isMine = entry.kind === "customer";
  return (
    <li className={style["entry"]} data-side={isMine ? "mine" : entry.kind === "status" ? "status" : "theirs"}>
      <p className="small soft">
        {isMine ? words.you : entry.kind === "status" ? words.update : (entry.author ?? words.us)} · <Age at={entry.at} />
      </p>
      {entry.translatedText && <p lang={entry.translatedLanguage ?? undefined}>{entry.translatedText}</p>}
      <p className={entry.translatedText ? "small soft" : undefined}>{entry.text}</p>
      {entry.isRoughAid && <p className="small soft">{words.roughAid}</p>}
    </li>
  );
}

function More({ id, link }: { id: string; link: string }) {
  const words = useWords();
  const data = useQueryClient();
  const [said, say] = useState("");
  const key = useRef(crypto.randomUUID());
  const send = useMutation({
    mutationFn: () => reply(id, link, said, key.current),
    onSuccess: () => {
      key.current = crypto.randomUUID();
      say("");
      return data.invalidateQueries({ queryKey: ["ticketflow", "inquiry", id] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="stack" data-gap="small" onSubmit={submit}>
      <Field label={words.writeMore}>
        <textarea rows={3} value={said} onChange={(event) => say(event.target.value)} />
      </Field>
      <Problem error={send.error} />
      <p>
        <button type="submit" className="button" disabled={send.isPending || said.trim() === ""}>
          {words.reply}
        </button>
      </p>
    </form>
  );
}
