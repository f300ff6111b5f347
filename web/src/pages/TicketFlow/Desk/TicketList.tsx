import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Field } from "../../../parts/Field";
import { useNow } from "../../../parts/Age";
import { Problem } from "../../../parts/Problem";
import { Badge } from "../../../parts/Tone";
import { VirtualList } from "../../../parts/VirtualList";
import { Link } from "../../../router/Link";
import { go, usePlace, withQuery } from "../../../router/location";
import { text } from "../../../text";
import style from "../TicketFlow.module.css";
import { listTickets, type TicketRow } from "./api";
import { deadlineAt } from "./deadline";

const filters = ["state", "severity", "assignee", "deadline"] as const;
const words = text.ticketflow;
const choices: Readonly<Record<(typeof filters)[number], readonly (readonly [string, string])[]>> = {
  state: Object.entries(words.states),
  severity: words.severities.map((one) => [one, one] as const),
  assignee: [
    ["me", words.me],
    ["nobody", words.nobody],
  ],
  deadline: ["running", "met", "missed"].map((one) => [one, one] as const),
};

/** The tickets that fit, newest first, with their deadlines running. */
export function TicketList({ chosen }: { chosen: string | null }) {
  const place = usePlace();
  const filter = Object.fromEntries([...filters, "text"].map((name) => [name, place.query.get(name) ?? ""]));
  const set = (name: string, value: string) => go(withQuery(place, { [name]: value || null }), { replace: true });
  const tickets = useInfiniteQuery({
    queryKey: ["ticketflow", "tickets", filter],
    queryFn: ({ pageParam }) => listTickets({ ...filter, limit: "50", after: pageParam }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 3_000,
    placeholderData: keepPreviousData,
  });
  const rows = tickets.data?.pages.flatMap((page) => page.tickets) ?? [];
  return (
    <section className="stack" data-gap="small" aria-label={words.tickets}>
      <form className={style["filters"]} role="search" onSubmit={(event) => event.preventDefault()}>
        {filters.map((name) => (
          <Field key={name} label={words.filters[name]}>
            <select value={filter[name]} onChange={(event) => set(name, event.target.value)}>
              <option value="">{text.common.all}</option>
              {choices[name].map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
        ))}
        <Field label={words.filters.text}>
          <input type="search" value={filter["text"]} onChange={(event) => set("text", event.target.value)} />
        </Field>
      </form>
      <Problem error={tickets.error} again={() => void tickets.refetch()} />
      {tickets.data && rows.length === 0 && <p className="soft">{words.noTickets}</p>}
      {rows.length > 0 && (
        <VirtualList items={rows} keyOf={(row) => row.id} rowHeight={78} label={words.tickets} height="70vh">
          {(row) => <Row row={row} isChosen={row.id === chosen} query={place.query.toString()} />}
        </VirtualList>
      )}
      {tickets.hasNextPage && (
        <button type="button" className="button" disabled={tickets.isFetchingNextPage} onClick={() => void tickets.fetchNextPage()}>
          {words.loadMore}
        </button>
      )}
    </section>
  );
}

function Row({ row, isChosen, query }: { row: TicketRow; isChosen: boolean; query: string }) {
  const due = deadlineAt(row.dueAt, row.deadline, row.state === "blocked", useNow());
  return (
    <Link href={`/ticketflow/desk/${row.id}${query ? `?${query}` : ""}`} className={style["ticket"]} aria-current={isChosen}>
      <strong>{row.englishTitle ?? row.title}</strong>
      <span className="row small">
        <Badge>{words.states[row.state] ?? row.state}</Badge>
        {row.severity && <Badge tone={row.severity === "critical" ? "violated" : undefined} plain>{row.severity}</Badge>}
        <Badge tone={due.tone}>{due.words}</Badge>
      </span>
      <span className="small soft">
        {row.isSample && `${words.sample} · `}
        {row.customer} · {row.language} · {row.assignee ?? words.nobody}
      </span>
    </Link>
  );
}
