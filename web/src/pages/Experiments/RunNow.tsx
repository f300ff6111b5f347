import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { lab, type Schemas } from "../../api/lab";
import { followRun } from "../../api/runLines";
import { Problem } from "../../parts/Problem";
import { text } from "../../text";
import style from "./Experiments.module.css";

const linesKept = 200;

/** The run under way: how far it is, and what it tells. */
export function RunNow({ run }: { run: Schemas["RunView"] }) {
  const cancel = useMutation({ mutationFn: () => lab("CancelRun", { path: { id: run.id } }) });
  const lines = useLines(run.id);
  const words = text.experiments;
  return (
    <section className="panel stack" aria-label={words.running}>
      <div className="row" data-spread>
        <h2>{run.title}</h2>
        <button type="button" className="button" disabled={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
          {cancel.isSuccess ? words.cancelling : words.cancel}
        </button>
      </div>
      <div>
        <progress className={style["progress"]} max={run.cells} value={run.judged} aria-label={words.judged(run.judged, run.cells)} />
        <p className="small soft">{words.judged(run.judged, run.cells)}</p>
      </div>
      <Problem error={cancel.error} />
      <div className={`code ${style["lines"]}`} role="log" tabIndex={0} aria-label={words.lines}>
        {lines.map((line) => (
          <p key={line.number}>{line.text}</p>
        ))}
      </div>
    </section>
  );
}

function useLines(id: string) {
  const [lines, setLines] = useState<readonly Schemas["RunLine"][]>([]);
  useEffect(() => {
    const stop = new AbortController();
    setLines([]);
    followRun(id, (line) => setLines((known) => [...known, line].slice(-linesKept)), stop.signal).catch(() => {
      // The run has ended, or the lab is gone: the page is told that by its own stream.
    });
    return () => stop.abort();
  }, [id]);
  return lines;
}
