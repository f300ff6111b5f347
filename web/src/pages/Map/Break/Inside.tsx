import type { MapNode } from "../../../live/reducer";
import { Link } from "../../../router/Link";
import { text } from "../../../text";
import { countOf } from "../../../text/format";
import style from "./Break.module.css";

/** What is under way inside a service, as figures. */
export function Inside({ node }: { node: MapNode }) {
  const figures: [string, number | null][] = [
    [text.map.outbox, node.outbox],
    [text.map.figures.parked, node.parked],
    [text.map.figures.scheduled, node.scheduled],
    [text.map.figures.deadLetters, node.deadLetters],
  ];
  return (
    <section className="stack" data-gap="small" aria-label={text.breakIt.lookInside}>
      <dl className={style["figures"]}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dd className="figure">{countOf(value)}</dd>
            <dt className="small soft">{name}</dt>
          </div>
        ))}
      </dl>
      <p className="small">
        <Link href={`/guards?service=${encodeURIComponent(node.id)}`}>{text.breakIt.toGuards}</Link>
      </p>
    </section>
  );
}
