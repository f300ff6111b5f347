import type { ServicePoints } from "./form";
import { pipelinesOf } from "./form";
import { text } from "../../../text";
import style from "./Break.module.css";

interface Props {
  points: ServicePoints["points"];
  chosen: string;
  choose: (name: string) => void;
}

/** The steps of a message through a service as stations on a line. Where a fault is to act, the line breaks. */
export function Pipeline({ points, chosen, choose }: Props) {
  if (points.length === 0) return null;
  return (
    <fieldset className={style["pipeline"]}>
      <legend>{text.breakIt.where}</legend>
      {pipelinesOf(points).map(([name, stations]) => (
        <div key={name} className={style["pipe"]}>
          <span className={style["pipeName"]}>{name}</span>
          {stations.map((point) => (
            <label key={point.name} className={style["station"]} data-chosen={point.name === chosen}>
              <input type="radio" name="point" value={point.name} checked={point.name === chosen} onChange={() => choose(point.name)} />
              <span>
                {point.says}
                <code className="small soft"> {point.name}</code>
              </span>
            </label>
          ))}
        </div>
      ))}
    </fieldset>
  );
}
