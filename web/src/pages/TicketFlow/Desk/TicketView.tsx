import { useQuery } from "@tanstack/react-query";
import { Age, useNow } from "../../../parts/Age";
import { Problem } from "../../../parts/Problem";
import { Badge, Note } from "../../../parts/Tone";
import { text } from "../../../text";
import style from "../TicketFlow.module.css";
import { Actions } from "./Actions";
import { type Me, readTicket, type Ticket } from "./api";
import { deadlineAt } from "./deadline";

const words = text.ticketflow;

/** Everything that the desk knows of a ticket, and what may be done to it now. */
export function TicketView({ id, me }: { id: string; me: Me }) {
  const query = useQuery({ queryKey: ["ticketflow", "ticket", id], queryFn: () => readTicket(id), refetchInterval: 3_000 });
  const ticket = query.data;
  return (
    <article className="stack">
      <Problem error={query.error} again={() => void query.refetch()} />
      {ticket && (
        <>
          <Head ticket={ticket} />
          <Languages ticket={ticket} />
          <Actions ticket={ticket} me={me} />
          <Conversation ticket={ticket} />
          <History ticket={ticket} />
        </>
      )}
    </article>
  );
}

function Head({ ticket }: { ticket: Ticket }) {
  const due = deadlineAt(ticket.deadline?.dueAt ?? null, ticket.deadline?.outcome ?? null, ticket.deadline?.stoppedAt !== null && ticket.deadline !== null, useNow());
  return (
    <div className="stack" data-gap="small">
      <h2>{ticket.translation?.title ?? ticket.original.title}</h2>
      <p className="row">
        <Badge>{words.states[ticket.state] ?? ticket.state}</Badge>
        {ticket.type && <Badge>{ticket.type}</Badge>}
        {ticket.severity && <Badge tone={ticket.severity === "critical" ? "violated" : undefined}>{ticket.severity}</Badge>}
        <Badge tone={due.tone}>{due.words}</Badge>
        <span className="small soft">
          {ticket.isSample && `${words.sample} · `}
          {ticket.customer.name}, {ticket.customer.email} · {ticket.assignee ?? words.nobody}
        </span>
      </p>
      {ticket.mark && <Note tone="degraded">{ticket.mark}</Note>}
      {ticket.block && <Note tone="degraded">{ticket.block.reason}</Note>}
    </div>
  );
}

function Languages({ ticket }: { ticket: Ticket }) {
  return (
    <div className={style["languages"]}>
      {ticket.translation && (
        <section className="panel stack" data-gap="small">
          <h3>
            {words.translation} <span className="small soft">{ticket.translation.translator && words.by(ticket.translation.translator)}</span>
          </h3>
          <p className={style["quote"]}>{ticket.translation.description}</p>
          {ticket.translation.isRoughAid && <p className="small soft">{words.rough}</p>}
        </section>
      )}
      <section className="panel stack" data-gap="small" lang={ticket.original.language === "und" ? undefined : ticket.original.language}>
        <h3 lang="en">{words.original(ticket.original.language)}</h3>
        <p>
          <strong>{ticket.original.title}</strong>
        </p>
        <p className={style["quote"]}>{ticket.original.description}</p>
      </section>
    </div>
  );
}

function Conversation({ ticket }: { ticket: Ticket }) {
  return (
    <section className="stack" data-gap="small">
      <h3>{words.conversation}</h3>
      <ol className={style["conversation"]}>
        {ticket.conversation.map((message) => (
          <li key={message.id} className={style["entry"]} data-side={message.kind === "customer" ? "theirs" : "mine"}>
            <p className="small soft">
              {message.author} · <Age at={message.at} />
            </p>
            <p>{message.translatedText && message.kind === "customer" ? message.translatedText : message.text}</p>
            {message.translatedText && <p className="small soft">{message.kind === "customer" ? message.text : message.translatedText}</p>}
          </li>
        ))}
      </ol>
      {ticket.notes.length > 0 && <h3>{words.notes}</h3>}
      {ticket.notes.map((note) => (
        <p key={note.id} className={style["quote"]}>
          <span className="small soft">
            {note.author} · <Age at={note.at} />
          </span>
          <br />
          {note.text}
        </p>
      ))}
    </section>
  );
}

function History({ ticket }: { ticket: Ticket }) {
  return (
    <details>
      <summary>{words.history}</summary>
      <ol className="stack" data-gap="small">
        {ticket.history.map((step) => (
          <li key={`${step.version}-${step.event}`} className="small">
            {step.event} → {words.states[step.to] ?? step.to} {step.by && words.by(step.by)} {step.detail} <Age at={step.at} />
          </li>
        ))}
      </ol>
    </details>
  );
}
