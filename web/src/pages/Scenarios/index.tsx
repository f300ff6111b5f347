import { useQuery } from "@tanstack/react-query";
import { lab } from "../../api/lab";
import { useLive } from "../../live/live";
import { Problem } from "../../parts/Problem";
import { Badge } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { usePlace } from "../../router/location";
import { text } from "../../text";
import { pages } from "../../text/shell";
import { ScenarioPage } from "./Scenario";
import style from "./Scenarios.module.css";

const titles: Readonly<Record<string, string>> = pages;

/** Stories to be played by one press; each has an address of its own, to be shared. */
export default function ScenariosPage() {
  const id = decodeURIComponent(usePlace().path.slice("/scenarios/".length));
  return id ? <ScenarioPage key={id} id={id} /> : <ScenarioList />;
}

function ScenarioList() {
  const scenarios = useQuery({ queryKey: ["scenarios"], queryFn: () => lab("ListScenarios") });
  const systems = useLive((state) => state.systems);
  return (
    <div className="stack">
      <h1>{text.scenarios.title}</h1>
      <p className="lead soft">{text.scenarios.lead}</p>
      <Problem error={scenarios.error} again={() => void scenarios.refetch()} />
      <ul className={style["list"]}>
        {(scenarios.data ?? []).map((scenario) => (
          <li key={scenario.id} className={`panel ${style["card"]}`}>
            <p className="row">
              <Badge>{titles[scenario.system] ?? scenario.system}</Badge>
              <Badge tone="healthy">{text.scenarios.guard(scenario.guard.name)}</Badge>
              {!systems.includes(scenario.system) && <Badge tone="degraded">{text.scenarios.notNow}</Badge>}
            </p>
            <h2>
              <Link href={`/scenarios/${encodeURIComponent(scenario.id)}`}>{scenario.title}</Link>
            </h2>
            <p className="soft">{scenario.story}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
