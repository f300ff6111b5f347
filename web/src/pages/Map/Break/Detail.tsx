import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { lab, serviceOf } from "../../../api/lab";
import type { MapEdge } from "../../../live/reducer";
import { Field } from "../../../parts/Field";
import { Problem } from "../../../parts/Problem";
import { Note } from "../../../parts/Tone";
import { text } from "../../../text";
import { emptyForm, isOnArrow, requestOf } from "./form";
import { Parameters } from "./Parameters";
import { Pipeline } from "./Pipeline";
import { TriggerFields } from "./TriggerFields";

/** Any kind at any point that this service really has. */
export function Detail({ service, arrow, placed }: { service: string; arrow: MapEdge | null; placed: () => void }) {
  const points = useQuery({ queryKey: ["points", service], queryFn: () => lab("ListPointsOfService", { path: serviceOf(service) }), staleTime: 60_000 });
  const [form, setForm] = useState({ ...emptyForm, messageType: arrow?.messageTypes[0] ?? "" });
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const shown = (points.data?.points ?? []).filter((point) => isOnArrow(point.name, arrow?.kind));
  const point = shown.find((one) => one.name === form.point);
  const kind = point?.kinds.find((one) => one.name === form.kind);
  const described = points.data?.kinds.find((one) => one.name === form.kind);
  const parameters = described?.parameters ?? [];
  const place = useMutation({ mutationFn: () => lab("PlaceAnomaly", { body: requestOf(service, form, parameters, Date.now()) }), onSuccess: placed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    place.mutate();
  };
  return (
    <details>
      <summary>
        <h3 style={{ display: "inline" }}>{text.breakIt.inDetail}</h3>
      </summary>
      <form className="stack" style={{ marginTop: "var(--space-3)" }} onSubmit={submit}>
        <Problem error={points.error} again={() => void points.refetch()} />
        <Pipeline points={shown} chosen={form.point} choose={(name) => change({ point: name, kind: "" })} />
        {point && (
          <>
            <Field label={text.breakIt.kind} hint={described?.says}>
              <select required value={form.kind} onChange={(event) => change({ kind: event.target.value, parameters: {} })}>
                <option value="" />
                {point.kinds.map((one) => (
                  <option key={one.name}>{one.name}</option>
                ))}
              </select>
            </Field>
            {kind && <Effect effect={kind.effect} guards={kind.guards} />}
            <Parameters parameters={parameters} values={form.parameters} change={(values) => change({ parameters: values })} />
            <Field label={text.breakIt.message}>
              <select value={form.messageType} onChange={(event) => change({ messageType: event.target.value })}>
                <option value="">{text.breakIt.anyMessage}</option>
                {point.messageTypes.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </Field>
            <TriggerFields form={form} change={change} />
            <Problem error={place.error} />
            <button type="submit" className="button" data-kind="break" disabled={!form.kind || place.isPending}>
              {text.breakIt.place}
            </button>
          </>
        )}
      </form>
    </details>
  );
}

function Effect({ effect, guards }: { effect: string; guards: readonly string[] }) {
  const words = text.breakIt.effects[effect];
  if (!words) return null;
  return <Note tone={effect === "survivable" ? "healthy" : effect === "loses" ? "violated" : "degraded"}>{typeof words === "string" ? words : words(guards.join(", "))}</Note>;
}
