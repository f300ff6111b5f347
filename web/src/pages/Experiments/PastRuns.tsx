import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { lab, type Schemas } from "../../api/lab";
import { Age } from "../../parts/Age";
import { Problem } from "../../parts/Problem";
import { VirtualList } from "../../parts/VirtualList";
import { Link } from "../../router/Link";
import { go } from "../../router/location";
import { text } from "../../text";
import { many } from "../../text/format";
import style from "./Experiments.module.css";
import { Verdict } from "./Verdict";

/** Earlier runs, also those of the command line; two or more can be laid side by side. */
export function PastRuns() {
  const reports = useQuery({ queryKey: ["runs", "reports"], queryFn: () => lab("ListReports", { query: { limit: 100 } }) });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const words = text.experiments;
  const items = reports.data ?? [];
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <section className="stack">
      <div className="row" data-spread>
        <h2>{words.past}</h2>
        <button type="button" className="button" disabled={chosen.length < 2} onClick={() => go(`/experiments/compare?ids=${chosen.join(",")}`)}>
          {words.compare}
        </button>
      </div>
      <Problem error={reports.error} again={() => void reports.refetch()} />
      {reports.data && items.length === 0 && <p className="soft">{words.noRuns}</p>}
      {items.length > 0 && (
        <VirtualList items={items} keyOf={(item) => item.id} rowHeight={60} label={words.past}>
          {(item) => <Row item={item} isChosen={chosen.includes(item.id)} choose={() => toggle(item.id)} />}
        </VirtualList>
      )}
    </section>
  );
}

function Row({ item, isChosen, choose }: { item: Schemas["ReportItem"]; isChosen: boolean; choose: () => void }) {
  return (
    <div className={style["row"]}>
      <input type="checkbox" checked={isChosen} onChange={choose} aria-label={text.experiments.choose(item.title)} />
      <Verdict verdict={item.verdict} />
      <span>
        <Link href={`/experiments/${encodeURIComponent(item.id)}`}>{item.title}</Link>
        <span className="small soft" style={{ display: "block" }}>
          {[many(item.cells, "experiment"), item.broken > 0 && text.experiments.broken(item.broken), item.inconclusive > 0 && text.experiments.inconclusive(item.inconclusive)].filter(Boolean).join(" · ")}
        </span>
      </span>
      <span className="small soft">
        <Age at={item.startedAt} />
      </span>
    </div>
  );
}
