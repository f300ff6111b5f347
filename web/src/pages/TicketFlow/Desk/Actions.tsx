import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Refusal } from "../../../api/http";
import { Field } from "../../../parts/Field";
import { Problem } from "../../../parts/Problem";
import { Note } from "../../../parts/Tone";
import { text } from "../../../text";
import style from "../TicketFlow.module.css";
import { act, listPeople, type Me, type Ticket } from "./api";

const words = text.ticketflow;
type Values = Readonly<Record<string, string>>;

/** What a person may do to a ticket now: as the server says, not as the page guesses. */
export function Actions({ ticket, me }: { ticket: Ticket; me: Me }) {
  const [verb, setVerb] = useState<string | null>(null);
  const allowed = ticket.allowed.filter((one) => words.actions[one]);
  const open = verb && allowed.includes(verb) ? verb : null;
  return (
    <section className="stack" data-gap="small" aria-label={words.done}>
      <div className="row">
        {allowed.map((one) => (
          <button key={one} type="button" className="button" aria-expanded={one === open} onClick={() => setVerb(one === open ? null : one)}>
            {words.actions[one]}
          </button>
        ))}
      </div>
      {open && <ActionForm key={open} ticket={ticket} me={me} verb={open} close={() => setVerb(null)} />}
    </section>
  );
}

function ActionForm({ ticket, me, verb, close }: { ticket: Ticket; me: Me; verb: string; close: () => void }) {
  const data = useQueryClient();
  const key = useRef(crypto.randomUUID());
  const [values, setValues] = useState<Values>({ type: "question", severity: "medium", personId: me.id });
  const run = useMutation({
    mutationFn: () => act(ticket, verb, bodyOf(verb, values), key.current),
    // The form closes on the ticket as it is now: whoever acts again at once acts on what he has just done. It waits for nothing else.
    onSettled: async (_, error) => {
      void data.invalidateQueries({ queryKey: ["ticketflow"], predicate: (query) => query.queryKey[1] !== "ticket" });
      await data.invalidateQueries({ queryKey: ["ticketflow", "ticket"] });
      if (!error) close();
    },
  });
  const isLate = run.error instanceof Refusal && (run.error.status === 409 || run.error.status === 412);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    key.current = run.error instanceof Refusal && !run.error.isPassing ? crypto.randomUUID() : key.current;
    run.mutate();
  };
  return (
    <form className="panel stack" data-gap="small" onSubmit={submit}>
      <Fields verb={verb} me={me} values={values} set={(name, value) => setValues({ ...values, [name]: value })} />
      {isLate && <Note tone="degraded">{words.changed}</Note>}
      <Problem error={run.error} />
      <div className="row">
        <button type="submit" className="button" data-kind="first" disabled={run.isPending}>
          {words.actions[verb]}
        </button>
        <button type="button" className="button" onClick={close}>
          {text.common.cancel}
        </button>
      </div>
    </form>
  );
}

/** The body that a verb wants. Pure. */
export function bodyOf(verb: string, values: Values): Record<string, string> {
  if (verb === "qualify") return { type: values["type"] ?? "", severity: values["severity"] ?? "" };
  if (verb === "assign") return { personId: values["personId"] ?? "" };
  if (verb === "block") return { reason: values["reason"] ?? "" };
  return verb === "unblock" ? {} : { text: values["text"] ?? "" };
}

function Fields({ verb, me, values, set }: { verb: string; me: Me; values: Values; set: (name: string, value: string) => void }) {
  const people = useQuery({ queryKey: ["ticketflow", "people"], queryFn: listPeople, enabled: verb === "assign" && me.role === "supervisor" });
  if (verb === "unblock") return null;
  if (verb === "qualify") {
    return (
      <div className={style["two"]}>
        <Field label={words.type}>
          <select value={values["type"]} onChange={(event) => set("type", event.target.value)}>
            {Object.entries(words.types).map(([type, name]) => (
              <option key={type} value={type}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field label={words.severity}>
          <select value={values["severity"]} onChange={(event) => set("severity", event.target.value)}>
            {words.severities.map((severity) => (
              <option key={severity}>{severity}</option>
            ))}
          </select>
        </Field>
      </div>
    );
  }
  if (verb === "assign") {
    return (
      <Field label={words.person}>
        <select value={values["personId"]} onChange={(event) => set("personId", event.target.value)}>
          <option value={me.id}>{me.name}</option>
          {(people.data ?? [])
            .filter((person) => person.id !== me.id)
            .map((person) => (
              <option key={person.id} value={person.id}>
                {person.name} ({person.openTickets})
              </option>
            ))}
        </select>
      </Field>
    );
  }
  const [name, label] = verb === "block" ? ["reason", words.reason] : ["text", verb === "note" ? words.words : words.answer];
  return (
    <Field label={label ?? ""}>
      <textarea required rows={4} value={values[name ?? ""] ?? ""} onChange={(event) => set(name ?? "", event.target.value)} />
    </Field>
  );
}
