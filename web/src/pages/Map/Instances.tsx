import type { MapNode } from "../../live/reducer";
import { text } from "../../text";
import style from "./Map.module.css";

const tones: Readonly<Record<string, string>> = { healthy: "healthy", starting: "degraded", unhealthy: "degraded", paused: "degraded", stopping: "degraded" };

/** One mark for each instance: filled while it runs, a ring while it does not. */
export function Instances({ node }: { node: MapNode }) {
  const running = node.instances.filter((instance) => instance.state === "healthy").length;
  return (
    <p className={style["instances"]}>
      {node.instances.map((instance) => (
        <span key={instance.target} className={style["instance"]} data-tone={tones[instance.state] ?? "violated"} title={`${instance.target}: ${instance.state}${instance.problem ? ` (${instance.problem})` : ""}`} />
      ))}
      <span>{node.instances.length === 0 ? text.map.noInstance : node.instances.length === 1 ? (node.instances[0]?.state ?? "") : text.map.running(running, node.instances.length)}</span>
    </p>
  );
}
