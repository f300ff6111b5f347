import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { lab } from "../../../api/lab";
import { Field } from "../../../parts/Field";
import { Problem } from "../../../parts/Problem";
import { text } from "../../../text";
import { ExpiryField } from "./TriggerFields";
import { toxicOf } from "./form";
import { Parameters } from "./Parameters";

/** Any toxic on a link. */
export function LinkDetail({ link, placed }: { link: string; placed: () => void }) {
  const catalogue = useQuery({ queryKey: ["fault-catalogue"], queryFn: () => lab("ReadFaultCatalogue"), staleTime: Number.POSITIVE_INFINITY });
  const [form, setForm] = useState({ type: "", stream: "downstream", seconds: "30", values: {} as Readonly<Record<string, string>> });
  const toxic = catalogue.data?.toxics.find((one) => one.name === form.type);
  const place = useMutation({ mutationFn: () => lab("AddToxic", { body: toxicOf(link, form.type, form.stream, form.seconds, form.values) }), onSuccess: placed });
  const words = text.breakIt;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    place.mutate();
  };
  return (
    <details>
      <summary>
        <h3 style={{ display: "inline" }}>{words.link}</h3>
      </summary>
      <form className="stack" style={{ marginTop: "var(--space-3)" }} onSubmit={submit}>
        <Problem error={catalogue.error} again={() => void catalogue.refetch()} />
        <Field label={words.toxic} hint={toxic?.says}>
          <select required value={form.type} onChange={(event) => setForm({ ...form, type: event.target.value, values: {} })}>
            <option value="" />
            {(catalogue.data?.toxics ?? []).map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
        </Field>
        <Parameters parameters={toxic?.parameters ?? []} values={form.values} change={(values) => setForm({ ...form, values })} />
        <Field label={words.stream}>
          <select value={form.stream} onChange={(event) => setForm({ ...form, stream: event.target.value })}>
            {Object.entries(words.streams).map(([stream, name]) => (
              <option key={stream} value={stream}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <ExpiryField seconds={form.seconds} change={(seconds) => setForm({ ...form, seconds })} />
        <Problem error={place.error} />
        <button type="submit" className="button" data-kind="break" disabled={!form.type || place.isPending}>
          {words.place}
        </button>
      </form>
    </details>
  );
}
