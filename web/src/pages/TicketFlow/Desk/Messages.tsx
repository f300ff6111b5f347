import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Age } from "../../../parts/Age";
import { Field } from "../../../parts/Field";
import { Problem } from "../../../parts/Problem";
import { Badge } from "../../../parts/Tone";
import { Link } from "../../../router/Link";
import { text } from "../../../text";
import style from "../TicketFlow.module.css";
import { listMessages } from "./api";

const words = text.ticketflow;

/** Alerts, reminders and answers that went to people, newest first. */
export function Messages() {
  const [kind, setKind] = useState("");
  const messages = useQuery({ queryKey: ["ticketflow", "messages", kind], queryFn: () => listMessages(kind), refetchInterval: 3_000 });
  return (
    <section className="panel stack" data-gap="small" aria-label={words.messages}>
      <div className="row" data-spread>
        <h2>{words.messages}</h2>
        <Field label={words.messageKind}>
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="">{text.common.all}</option>
            {Object.entries(words.messageKinds).map(([one, name]) => (
              <option key={one} value={one}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <Problem error={messages.error} again={() => void messages.refetch()} />
      {messages.data?.length === 0 && <p className="soft">{words.noMessages}</p>}
      <ul className="stack" data-gap="small">
        {messages.data?.map((message) => (
          <li key={message.id} className="small">
            <p className="row">
              <Badge tone={message.kind === "alert" ? "violated" : message.kind === "reminder" ? "degraded" : undefined}>{words.messageKinds[message.kind] ?? message.kind}</Badge>
              {message.ticketId ? <Link href={`/ticketflow/desk/${message.ticketId}`}>{message.subject}</Link> : <span>{message.subject}</span>}
            </p>
            <p className={`${style["quote"]} soft`}>
              {words.to(message.recipients)} · <Age at={message.at} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
