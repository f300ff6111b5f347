import { useQuery } from "@tanstack/react-query";
import { lab } from "../../api/lab";
import { useLive } from "../../live/live";
import type { FiredFault, MapNode } from "../../live/reducer";
import { Age } from "../../parts/Age";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { countOf, many, shortOf } from "../../text/format";
import style from "./Map.module.css";

const shownMax = 6;
const lookEveryMs = 4_000;

/** What a person should not miss: what waits, what fired, what was lost and why. */
export function Happened({ system, nodes }: { system: string; nodes: readonly MapNode[] }) {
  const fired = useLive((state) => state.fired);
  const isArmed = useLive((state) => state.faults.length > 0);
  const services = new Set(nodes.map((node) => node.id));
  const here = fired.filter((one) => !one.service || services.has(one.service)).slice(-shownMax).reverse();
  return (
    <section className="panel stack" aria-label={text.map.happened}>
      <h2>{text.map.happened}</h2>
      <Lost system={system} look={here.length > 0} />
      {nodes.map((node) => (
        <State key={node.id} node={node} />
      ))}
      {here.length === 0 ? <p className="soft">{isArmed ? text.map.armed : text.map.quiet}</p> : <Fired fired={here} />}
    </section>
  );
}

function State({ node }: { node: MapNode }) {
  if (node.kind !== "service") return null;
  const name = shortOf(node.id);
  return (
    <>
      {node.health === "down" && <Note tone="degraded">{text.map.restarting(name)}</Note>}
      {(node.outbox ?? 0) > 0 && <Note tone="degraded">{text.map.outboxHolds(many(node.outbox ?? 0, "message is", "messages are"), name)}</Note>}
    </>
  );
}

function Fired({ fired }: { fired: readonly FiredFault[] }) {
  return (
    <ul className={style["feed"]}>
      {fired.map((one) => {
        const id = one.operationId ?? one.messageId;
        return (
          <li key={one.id}>
            <Note tone="fault">
              <p>
                {one.service && <strong>{shortOf(one.service)}: </strong>}
                {one.says}
              </p>
              <p className="small soft">
                <Age at={one.at} />
                {id && (
                  <>
                    {" · "}
                    <Link href={`/journeys/${encodeURIComponent(id)}`}>{text.map.journey}</Link>
                  </>
                )}
              </p>
            </Note>
          </li>
        );
      })}
    </ul>
  );
}

/** Lost messages in red, each with the sentence that says why. Asked for only where something could have been lost. */
function Lost({ system, look }: { system: string; look: boolean }) {
  const lost = useQuery({
    queryKey: ["journeys", "lost", system],
    queryFn: () => lab("ListJourneys", { query: { system, outcome: "lost", limit: 5 } }),
    enabled: look,
    refetchInterval: lookEveryMs,
  });
  const items = lost.data?.items ?? [];
  const first = items[0];
  if (!first) return null;
  return (
    <Note tone="violated" live>
      <h3>{text.map.lost(items.length)}</h3>
      <Why id={first.id} />
      <p>
        {items.map((item) => (
          <Link key={item.id} href={`/journeys/${encodeURIComponent(item.id)}`} style={{ marginRight: "var(--space-3)" }}>
            {text.map.journey} {items.length > 1 ? countOf(items.indexOf(item) + 1) : ""}
          </Link>
        ))}
      </p>
    </Note>
  );
}

function Why({ id }: { id: string }) {
  const journey = useQuery({ queryKey: ["journeys", "one", id], queryFn: () => lab("ReadJourney", { path: { id } }) });
  return journey.data ? <p>{journey.data.says}</p> : null;
}
