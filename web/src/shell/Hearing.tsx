import { useLive } from "../live/live";
import { Badge, Note } from "../parts/Tone";
import { text } from "../text";
import style from "./Hearing.module.css";

/** Whether what is shown is live. */
export function Hearing() {
  const hearing = useLive((state) => state.hearing);
  return (
    <span role="status">
      {hearing === "heard" ? <Badge tone="healthy">{text.shell.hearing.heard}</Badge> : <Badge tone="degraded">{hearing === "lost" ? text.shell.hearing.lost.split(".")[0] : text.shell.hearing.connecting}</Badge>}
    </span>
  );
}

/** What is so large that it belongs above the page: the lab is gone, starts, ends, or runs an experiment. */
export function Situation() {
  const hearing = useLive((state) => state.hearing);
  const phase = useLive((state) => state.phase);
  const run = useLive((state) => state.run);
  return (
    <div className={style["situation"]}>
      {hearing === "lost" && <Note tone="degraded">{text.shell.hearing.lost}</Note>}
      {hearing === "heard" && phase === "starting" && <Note tone="degraded">{text.shell.starting}</Note>}
      {hearing === "heard" && phase === "stopping" && <Note tone="degraded">{text.shell.stopping}</Note>}
      {hearing === "heard" && run && !run.isOver && <Note tone="fault">{text.shell.run(run.title)}</Note>}
    </div>
  );
}
