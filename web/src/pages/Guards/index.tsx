import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lab, type Schemas, serviceOf } from "../../api/lab";
import { useLive } from "../../live/live";
import { Problem } from "../../parts/Problem";
import { Switch } from "../../parts/Switch";
import { SystemChoice } from "../../parts/SystemChoice";
import { Badge } from "../../parts/Tone";
import { usePlace } from "../../router/location";
import { text } from "../../text";
import { shortOf } from "../../text/format";
import { byGuard, type GuardRow } from "./rows";
import style from "./Guards.module.css";

/** Each protective pattern of each service, as a switch. */
export default function GuardsPage() {
  const { query } = usePlace();
  const systems = useLive((state) => state.systems);
  const system = query.get("system") ?? query.get("service")?.split("/")[0] ?? systems[0] ?? "";
  const guards = useQuery({ queryKey: ["guards"], queryFn: () => lab("ListGuards") });
  const catalogue = useQuery({ queryKey: ["catalogue"], queryFn: () => lab("ReadCatalogue"), staleTime: 60_000 });
  const rows = byGuard(guards.data ?? [], catalogue.data?.guards ?? [], system);
  const off = (guards.data ?? []).filter((guard) => !guard.on);
  return (
    <div className="stack">
      <div className="row" data-spread>
        <h1>{text.guards.title}</h1>
        <SystemChoice systems={systems} chosen={system} />
      </div>
      <p className="lead soft">{text.guards.lead}</p>
      <AllOn off={off} />
      <Problem error={guards.error ?? catalogue.error} again={() => void guards.refetch()} />
      <ul className={style["guards"]}>
        {rows.map((row) => (
          <Guard key={row.name} row={row} marked={query.get("service")} />
        ))}
      </ul>
    </div>
  );
}

function useSwitch() {
  const data = useQueryClient();
  return useMutation({
    mutationFn: ({ service, name, on }: { service: string; name: string; on: boolean }) => lab("SwitchGuardOfService", { path: { ...serviceOf(service), name }, body: { on } }),
    onSettled: () => data.invalidateQueries({ queryKey: ["guards"] }),
  });
}

function AllOn({ off }: { off: readonly Schemas["GuardState"][] }) {
  const change = useSwitch();
  if (off.length === 0) return <p className="small soft">{text.guards.allOn}</p>;
  return (
    <div className="row">
      <Badge tone="degraded">{text.guards.off(off.length)}</Badge>
      <button type="button" className="button" disabled={change.isPending} onClick={() => off.forEach((guard) => change.mutate({ service: guard.service, name: guard.name, on: true }))}>
        {text.guards.switchAllOn}
      </button>
      <Problem error={change.error} />
    </div>
  );
}

function Guard({ row, marked }: { row: GuardRow; marked: string | null }) {
  const change = useSwitch();
  return (
    <li className={`panel ${style["guard"]}`}>
      <div className="stack" data-gap="small">
        <h2>
          {row.name} {row.kind !== "correctness" && <Badge>{text.guards.classes[row.kind] ?? row.kind}</Badge>}
        </h2>
        <p>{text.guards.protects(row.protects)}</p>
        <p className="small soft">
          {text.guards.on(row.on)}
          <br />
          {text.guards.without(row.off)}
        </p>
        <Problem error={change.error} />
      </div>
      <ul className={style["services"]}>
        {row.services.map((state) => (
          <li key={state.service} data-marked={state.service === marked}>
            <Switch on={state.on} busy={change.isPending} label={text.guards.label(row.name, shortOf(state.service))} change={(on) => change.mutate({ service: state.service, name: row.name, on })} />
            <span>{shortOf(state.service)}</span>
            <span className="small soft">{state.on ? text.guards.isOn : text.guards.isOff}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}
