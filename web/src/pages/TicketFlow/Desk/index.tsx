import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Field } from "../../../parts/Field";
import { Problem } from "../../../parts/Problem";
import { text } from "../../../text";
import style from "../TicketFlow.module.css";
import { readMe, signIn, signOut } from "./api";
import { Live } from "./Live";
import { Messages } from "./Messages";
import { TicketList } from "./TicketList";
import { TicketView } from "./TicketView";

/** The service desk: sign in, find a ticket, work on it. */
export function Desk({ ticket }: { ticket: string | null }) {
  const me = useQuery({ queryKey: ["ticketflow", "me"], queryFn: readMe, retry: false });
  if (me.error) return <Problem error={me.error} again={() => void me.refetch()} />;
  if (me.data === undefined) return <p className="soft">{text.common.loading}</p>;
  if (me.data === null) return <SignIn />;
  return (
    <div className="stack">
      <div className="row" data-spread>
        <h1>{text.ticketflow.desk}</h1>
        <SignedIn words={text.ticketflow.signedInAs(me.data.name, me.data.role)} />
      </div>
      <div className={style["desk"]}>
        <TicketList chosen={ticket} />
        {ticket ? (
          <TicketView key={ticket} id={ticket} me={me.data} />
        ) : (
          <div className="stack">
            {me.data.role === "supervisor" && <Live />}
            <Messages />
          </div>
        )}
      </div>
    </div>
  );
}

function SignedIn({ words }: { words: string }) {
  const data = useQueryClient();
  const leave = useMutation({ mutationFn: signOut, onSettled: () => data.invalidateQueries({ queryKey: ["ticketflow", "me"] }) });
  return (
    <span className="row">
      <span className="small soft">{words}</span>
      <button type="button" className="button" disabled={leave.isPending} onClick={() => leave.mutate()}>
        {text.ticketflow.signOut}
      </button>
    </span>
  );
}

function SignIn() {
  const data = useQueryClient();
  const [form, setForm] = useState({ email: "", password: "" });
  const enter = useMutation({ mutationFn: () => signIn(form.email, form.password), onSuccess: () => data.invalidateQueries({ queryKey: ["ticketflow"] }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <form className="panel stack" style={{ maxWidth: "28rem" }} onSubmit={submit}>
      <h1>{text.ticketflow.desk}</h1>
      <Field label={text.ticketflow.email}>
        <input type="email" autoComplete="username" required value={form.email} onChange={(event) => setForm({ ...form, email: event.target.value })} />
      </Field>
      <Field label={text.ticketflow.password} hint={text.ticketflow.signInHint}>
        <input type="password" autoComplete="current-password" required value={form.password} onChange={(event) => setForm({ ...form, password: event.target.value })} />
      </Field>
      <Problem error={enter.error} />
      <p>
        <button type="submit" className="button" data-kind="first" disabled={enter.isPending}>
          {text.ticketflow.signIn}
        </button>
      </p>
    </form>
  );
}
