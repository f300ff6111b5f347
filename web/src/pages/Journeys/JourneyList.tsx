import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { lab, type Schemas } from "../../api/lab";
import { useLive } from "../../live/live";
import { Age } from "../../parts/Age";
import { Field } from "../../parts/Field";
import { Problem } from "../../parts/Problem";
import { Badge } from "../../parts/Tone";
import { VirtualList } from "../../parts/VirtualList";
import { Link } from "../../router/Link";
import { go, usePlace, withQuery } from "../../router/location";
import { text } from "../../text";
import { many, shortOf } from "../../text/format";
import style from "./Journeys.module.css";
import { toneOf } from "./outcome";
import { addressOf, outcomes } from "./url";

const listedMax = 200;

/** The recent lives, newest first, or those that a search finds. */
export function JourneyList() {
  const place = usePlace();
  const systems = useLive((state) => state.systems);
  const chosen = { system: place.query.get("system"), outcome: place.query.get("outcome"), text: place.query.get("text") };
  const list = useQuery({
    queryKey: ["journeys", "list", chosen],
    queryFn: () => lab("ListJourneys", { query: { ...chosen, limit: listedMax } }),
    placeholderData: keepPreviousData,
    refetchInterval: chosen.text ? false : 5_000,
  });
  const items = list.data?.items ?? [];
  return (
    <div className="stack">
      <h1>{text.journeys.title}</h1>
      <Filters systems={systems} chosen={chosen} />
      <Problem error={list.error} again={() => void list.refetch()} />
      {list.data && items.length === 0 && <p className="lead soft">{chosen.text || chosen.outcome ? text.journeys.noneFound : text.journeys.none}</p>}
      {items.length > 0 && (
        <VirtualList items={items} keyOf={(item) => item.id} rowHeight={64} label={text.journeys.title} height="70vh">
          {(item) => <Row item={item} />}
        </VirtualList>
      )}
      {list.data?.since && <p className="small soft">{text.journeys.since}</p>}
    </div>
  );
}

function Filters({ systems, chosen }: { systems: readonly string[]; chosen: { system: string | null; outcome: string | null; text: string | null } }) {
  const place = usePlace();
  const [words, setWords] = useState(chosen.text ?? "");
  const filter = (choices: Record<string, string | null>) => go(withQuery(place, choices), { replace: true });
  const search = (event: FormEvent) => {
    event.preventDefault();
    filter({ text: words.trim() || null });
  };
  return (
    <form className={style["filters"]} role="search" onSubmit={search}>
      <Field label={text.journeys.search}>
        <input type="search" value={words} onChange={(event) => setWords(event.target.value)} onBlur={() => words.trim() !== (chosen.text ?? "") && filter({ text: words.trim() || null })} />
      </Field>
      <Field label={text.journeys.outcome}>
        <select value={chosen.outcome ?? ""} onChange={(event) => filter({ outcome: event.target.value || null })}>
          <option value="">{text.common.all}</option>
          {outcomes.map((one) => (
            <option key={one} value={one}>
              {text.journeys.outcomes[one]}
            </option>
          ))}
        </select>
      </Field>
      {systems.length > 1 && (
        <Field label={text.common.system}>
          <select value={chosen.system ?? ""} onChange={(event) => filter({ system: event.target.value || null })}>
            <option value="">{text.common.all}</option>
            {systems.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
      )}
    </form>
  );
}

function Row({ item }: { item: Schemas["JourneyItem"] }) {
  return (
    <Link href={addressOf(item.id)} className={style["row"]}>
      <span className={style["outcome"]}>
        <Badge tone={toneOf(item.outcome)}>{text.journeys.outcomes[item.outcome] ?? item.outcome}</Badge>
      </span>
      <span className={style["what"]}>
        <span>{item.types.map(shortOf).join(", ") || item.of}</span>
        <span className="small soft code">{item.key ?? item.id}</span>
      </span>
      <span className="small soft">
        {[many(item.messages, "message"), item.faults > 0 && many(item.faults, "fault"), item.duplicates > 0 && many(item.duplicates, "duplicate")].filter(Boolean).join(" · ")}
      </span>
      <span className={`small soft ${style["age"]}`}>
        <Age at={item.startedAt} />
      </span>
    </Link>
  );
}
