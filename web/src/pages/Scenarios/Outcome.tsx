import { useQuery } from "@tanstack/react-query";
import { lab } from "../../api/lab";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import type { Scenario } from "./play";

interface Props {
  scenario: Scenario;
  guarded: boolean;
  names: Readonly<Record<string, string>>;
  isOver: boolean;
}

const bad = new Set(["lost", "halfDone", "duplicated"]);

/** What became of it: what the story expects, and what the durable state of the services says. */
export function Outcome({ scenario, guarded, names, isOver }: Props) {
  const id = names["play"] ?? ""; // The key of the request is the name of the operation.
  const journey = useQuery({ queryKey: ["journeys", "one", id], queryFn: () => lab("ReadJourney", { path: { id } }), enabled: isOver && id !== "", refetchInterval: 2_000, retry: false });
  if (!isOver) return null;
  const outcome = journey.data?.outcome;
  return (
    <Note tone={outcome === undefined ? undefined : bad.has(outcome) ? "violated" : outcome === "done" ? "healthy" : "degraded"} live>
      <h2>{text.scenarios.happened}</h2>
      <p className="lead">{guarded ? scenario.guarded : scenario.unguarded}</p>
      {journey.data && (
        <>
          <p>{journey.data.says}</p>
          <p>
            <Link href={`/journeys/${encodeURIComponent(id)}`}>{text.map.journey}</Link>
          </p>
        </>
      )}
    </Note>
  );
}
