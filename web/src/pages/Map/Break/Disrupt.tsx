import { useMutation } from "@tanstack/react-query";
import { lab } from "../../../api/lab";
import type { MapNode } from "../../../live/reducer";
import { Problem } from "../../../parts/Problem";
import { text } from "../../../text";
import style from "./Break.module.css";

const verbsOf = (state: string) => (state === "paused" ? (["resume", "kill"] as const) : state === "stopped" ? (["restart"] as const) : (["kill", "pause", "stop"] as const));

/** The processes behind a node: killed, paused, stopped and started. */
export function Disrupt({ node }: { node: MapNode }) {
  const disrupt = useMutation({ mutationFn: (body: { verb: string; target: string }) => lab("Disrupt", { body }) });
  return (
    <section className="stack" data-gap="small" aria-label={text.breakIt.disruptSays}>
      <h3>{text.breakIt.disruptSays}</h3>
      <Problem error={disrupt.error} />
      <ul className={style["instances"]}>
        {node.instances.map((instance) => (
          <li key={instance.target} className="row" data-spread>
            <span className="code">{text.breakIt.instance(instance.target, instance.state)}</span>
            <span className="row">
              {verbsOf(instance.state).map((verb) => (
                <button key={verb} type="button" className="button" disabled={disrupt.isPending} aria-label={`${text.breakIt.disrupt[verb]} ${instance.target}`} onClick={() => disrupt.mutate({ verb, target: instance.target })}>
                  {text.breakIt.disrupt[verb]}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
