import { type FormEvent, useState } from "react";
import { Refusal } from "../../api/http";
import { Age } from "../../parts/Age";
import { Field } from "../../parts/Field";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import type { Inquiry } from "./api";
import { useKept } from "./kept";
import { categories, samples } from "./samples";
import style from "./TicketFlow.module.css";
import { useSubmit } from "./useSubmit";
import { useWords } from "./words";

const empty: Inquiry = { name: "", email: "", title: "", description: "", category: "general" };

/** The customer's first page: write, and see what was written before. */
export function Customer() {
  const words = useWords();
  const kept = useKept();
  return (
    <div className={style["customer"]}>
      <div className="stack">
        <h1>{words.title}</h1>
        <p className="lead soft">{words.lead}</p>
        <Form />
      </div>
      <section className="stack" data-gap="small" aria-label={words.mine}>
        <h2>{words.mine}</h2>
        {kept.length === 0 && <p className="soft">{words.none}</p>}
        <ul className="stack" data-gap="small">
          {kept.map((one) => (
            <li key={one.id} className="panel">
              <Link href={`/ticketflow/inquiry/${one.id}/${one.link}`}>{one.title}</Link>
              <p className="small soft">
                <Age at={one.at} />
              </p>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Form() {
  const words = useWords();
  const [form, setForm] = useState(empty);
  const [sample, setSample] = useState(0);
  const submit = useSubmit();
  const wrong = submit.error instanceof Refusal ? submit.error.fields : {};
  const set = (part: Partial<Inquiry>) => setForm({ ...form, ...part });
  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit.send(form);
  };
  return (
    <form className="panel stack" onSubmit={send} noValidate>
      <div className={style["two"]}>
        <Field label={words.fields.name} wrong={wrong["name"]}>
          <input autoComplete="name" value={form.name} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <Field label={words.fields.email} wrong={wrong["email"]}>
          <input type="email" autoComplete="email" value={form.email} onChange={(event) => set({ email: event.target.value })} />
        </Field>
      </div>
      <Field label={words.fields.title} wrong={wrong["title"]}>
        <input value={form.title} onChange={(event) => set({ title: event.target.value })} />
      </Field>
      <Field label={words.fields.description} wrong={wrong["description"]}>
        <textarea rows={6} value={form.description} onChange={(event) => set({ description: event.target.value })} />
      </Field>
      <Field label={words.fields.category} wrong={wrong["category"]}>
        <select value={form.category} onChange={(event) => set({ category: event.target.value })}>
          {categories.map((category) => (
            <option key={category} value={category}>
              {words.categories[category]}
            </option>
          ))}
        </select>
      </Field>
      {submit.isSending && submit.tries > 0 && (
        <Note tone="degraded" live>
          {words.noAnswerYet(submit.tries)}
        </Note>
      )}
      <Problem error={submit.error} />
      {submit.sent && (
        <Note tone="healthy" live>
          <p>{words.sent}</p>
          <p>
            <Link href={`/ticketflow/inquiry/${submit.sent.id}/${submit.sent.link}`}>{words.follow}</Link>
          </p>
        </Note>
      )}
      <div className="row">
        <button type="submit" className="button" data-kind="first" disabled={submit.isSending}>
          {submit.isSending ? words.sending : words.send}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            setForm(samples[sample % samples.length] ?? empty);
            setSample(sample + 1);
          }}
        >
          {words.sample}
        </button>
      </div>
    </form>
  );
}
