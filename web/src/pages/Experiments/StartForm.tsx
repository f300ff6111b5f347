import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { type FormEvent, useState } from "react";
import { askText } from "../../api/http";
import { lab, type Schemas } from "../../api/lab";
import { Field } from "../../parts/Field";
import { Problem } from "../../parts/Problem";
import { usePlace } from "../../router/location";
import { text } from "../../text";
import style from "./Experiments.module.css";
import { emptyRun, guardChoices, orderOf, seedProblem } from "./order";

interface Props {
  batteries: readonly Schemas["BatteryView"][];
  files: readonly Schemas["ExperimentFile"][];
}

/** What to run, with which seed, without which guards. */
export function StartForm({ batteries, files }: Props) {
  const place = usePlace();
  const data = useQueryClient();
  const [form, setForm] = useState({ ...emptyRun, what: place.query.get("what") ?? "" });
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const battery = batteries.find((one) => `battery:${one.name}` === form.what);
  const start = useMutation({
    mutationFn: async () => {
      const experiment = form.what.startsWith("file:") ? await askText(`/api/experiments/text?path=${encodeURIComponent(form.what.slice(5))}`) : null;
      return lab("StartRun", { body: orderOf(form, experiment) });
    },
    onSettled: () => data.invalidateQueries({ queryKey: ["runs"] }),
  });
  const wrongSeed = seedProblem(form.seed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const words = text.experiments;
  return (
    <form className="panel stack" onSubmit={submit} aria-label={words.start}>
      <h2>{words.start}</h2>
      <div className={style["form"]}>
        <Field label={words.what} hint={battery?.says}>
          <select required value={form.what} onChange={(event) => change({ what: event.target.value, only: "" })}>
            <option value="" />
            <optgroup label={words.batteries}>
              {batteries.map((one) => (
                <option key={one.name} value={`battery:${one.name}`}>
                  {one.name} ({one.experiments.length})
                </option>
              ))}
            </optgroup>
            {files.length > 0 && (
              <optgroup label={words.files}>
                {files.map((one) => (
                  <option key={one.path} value={`file:${one.path}`}>
                    {one.path}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        </Field>
        <Field label={words.only} hint={words.onlyHint}>
          <input list="experiments" value={form.only} onChange={(event) => change({ only: event.target.value })} />
        </Field>
        <datalist id="experiments">
          {battery?.experiments.map((one) => (
            <option key={one.name} value={one.name}>
              {one.title}
            </option>
          ))}
        </datalist>
        <Field label={words.seed} hint={words.seedHint} wrong={wrongSeed ?? undefined}>
          <input inputMode="numeric" value={form.seed} onChange={(event) => change({ seed: event.target.value })} />
        </Field>
        <Field label={words.replicas}>
          <select value={form.replicas} onChange={(event) => change({ replicas: event.target.value })}>
            <option value="">{words.asWritten}</option>
            {[1, 2, 3, 4].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
      </div>
      <GuardBoxes chosen={form.guardsOff} change={(guardsOff) => change({ guardsOff })} system={form.what.slice(form.what.indexOf(":") + 1).split("/")[0] ?? ""} />
      <Problem error={start.error} />
      <p>
        <button type="submit" className="button" data-kind="first" disabled={start.isPending || !form.what || wrongSeed !== null}>
          <Play aria-hidden />
          {words.run}
        </button>
      </p>
    </form>
  );
}

function GuardBoxes({ chosen, change, system }: { chosen: readonly string[]; change: (guards: readonly string[]) => void; system: string }) {
  const catalogue = useQuery({ queryKey: ["catalogue"], queryFn: () => lab("ReadCatalogue"), staleTime: 60_000 });
  const services = catalogue.data?.systems.find((one) => one.name === system)?.services ?? [];
  const guards = guardChoices(services);
  if (guards.length === 0) return null;
  return (
    <fieldset className={style["guards"]}>
      <legend>{text.experiments.guardsOff}</legend>
      {guards.map((guard) => (
        <label key={guard} className="row">
          <input type="checkbox" checked={chosen.includes(guard)} onChange={(event) => change(event.target.checked ? [...chosen, guard] : chosen.filter((one) => one !== guard))} />
          {guard}
        </label>
      ))}
    </fieldset>
  );
}
