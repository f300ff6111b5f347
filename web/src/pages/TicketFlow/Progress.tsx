import { Check } from "lucide-react";
import { stationOf, stations } from "./status";
import style from "./TicketFlow.module.css";
import { useWords } from "./words";

/** The five steps of an inquiry, as the customer sees them; in brief, only the step at which it is has its name. */
export function Progress({ status, brief = false }: { status: string; brief?: boolean }) {
  const words = useWords();
  const at = stations.indexOf(stationOf(status));
  return (
    <ol className={style["progress"]} data-brief={brief} aria-label={words.status}>
      {stations.map((station, index) => (
        <li key={station} data-state={index < at ? "done" : index === at ? "now" : "later"} aria-current={index === at ? "step" : undefined}>
          <span className={style["knot"]}>{index < at && <Check aria-hidden />}</span>
          <span className={style["station"]}>{words.stations[station]}</span>
        </li>
      ))}
    </ol>
  );
}
