import { useQuery } from "@tanstack/react-query";
import { lab } from "../../../api/lab";
import { Field } from "../../../parts/Field";
import { text } from "../../../text";
import type { BreakForm } from "./form";

const spans = [10, 30, 60, 300, 900];

/** When a fault fires, and when it goes away by itself. */
export function TriggerFields({ form, change }: { form: BreakForm; change: (part: Partial<BreakForm>) => void }) {
  const catalogue = useQuery({ queryKey: ["fault-catalogue"], queryFn: () => lab("ReadFaultCatalogue"), staleTime: Number.POSITIVE_INFINITY });
  const triggers = (catalogue.data?.triggers ?? []).filter((one) => one.name !== "while");
  const trigger = triggers.find((one) => one.name === form.trigger);
  return (
    <>
      <Field label={text.breakIt.trigger} hint={trigger?.says}>
        <select value={form.trigger} onChange={(event) => change({ trigger: event.target.value, triggerValue: "" })}>
          <option value="always">always</option>
          {triggers.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
          {triggers.length === 0 && <option>once</option>}
        </select>
      </Field>
      {form.trigger !== "once" && form.trigger !== "always" && (
        <Field label={text.breakIt.triggerValue}>
          <input type="number" required min={trigger?.min ?? undefined} max={trigger?.max ?? undefined} step={form.trigger === "probability" ? "any" : 1} value={form.triggerValue} onChange={(event) => change({ triggerValue: event.target.value })} />
        </Field>
      )}
      <ExpiryField seconds={form.seconds} change={(seconds) => change({ seconds })} />
    </>
  );
}

/** After how long a fault goes away by itself. */
export function ExpiryField({ seconds, change }: { seconds: string; change: (seconds: string) => void }) {
  return (
    <Field label={text.breakIt.expires}>
      <select value={seconds} onChange={(event) => change(event.target.value)}>
        <option value="">{text.breakIt.never}</option>
        {spans.map((one) => (
          <option key={one} value={one}>
            {one < 60 ? text.breakIt.seconds(one) : text.breakIt.minutes(one / 60)}
          </option>
        ))}
      </select>
    </Field>
  );
}
