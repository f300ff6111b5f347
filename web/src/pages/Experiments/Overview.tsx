import { useQuery } from "@tanstack/react-query";
import { lab } from "../../api/lab";
import { useLive } from "../../live/live";
import { Problem } from "../../parts/Problem";
import { text } from "../../text";
import { PastRuns } from "./PastRuns";
import { RunNow } from "./RunNow";
import { StartForm } from "./StartForm";

export function Overview() {
  const run = useLive((state) => state.run);
  const systems = useLive((state) => state.systems);
  const catalogue = useQuery({ queryKey: ["catalogue"], queryFn: () => lab("ReadCatalogue"), staleTime: 60_000 });
  const files = useQuery({ queryKey: ["experiment-files"], queryFn: () => lab("ListExperimentFiles") });
  const batteries = (catalogue.data?.systems ?? []).filter((system) => systems.includes(system.name)).flatMap((system) => system.batteries);
  return (
    <div className="stack">
      <h1>{text.experiments.title}</h1>
      <p className="lead soft">{text.experiments.lead}</p>
      <Problem error={catalogue.error} again={() => void catalogue.refetch()} />
      {run && !run.isOver ? <RunNow run={run} /> : <StartForm batteries={batteries} files={files.data ?? []} />}
      <PastRuns />
    </div>
  );
}
