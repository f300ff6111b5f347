import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { lab, type Schemas } from "../../api/lab";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { VirtualList } from "../../parts/VirtualList";
import { go, usePlace, withQuery } from "../../router/location";
import { text } from "../../text";
import { many } from "../../text/format";
import style from "./DeadLetters.module.css";
import { Letter } from "./Letter";
import { LetterRow } from "./LetterRow";
import { idOf, type LetterId, toggled } from "./selection";

type View = Schemas["DeadLetterView"];

/** Messages that kept failing: why, and what to do with them. */
export default function DeadLettersPage() {
  const place = usePlace();
  const letters = useQuery({ queryKey: ["deadletters"], queryFn: () => lab("ListDeadLetters"), refetchInterval: 5_000 });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const all = letters.data ?? [];
  const settle = useSettle(() => setChosen(new Set()));
  const picked = all.filter((letter) => chosen.has(idOf(letter)));
  const opened = all.find((letter) => idOf(letter) === place.query.get("open"));
  const open = (letter: View | null) => go(withQuery(place, { open: letter && idOf(letter) }), { replace: letter === null });
  return (
    <div className="stack">
      <h1>{text.deadLetters.title}</h1>
      <p className="lead soft">{text.deadLetters.lead}</p>
      <Problem error={letters.error} again={() => void letters.refetch()} />
      <Settled settle={settle} />
      {letters.data && all.length === 0 && <Note tone="healthy">{text.deadLetters.none}</Note>}
      {all.length > 0 && (
        <>
          <Actions picked={picked} all={all} choose={setChosen} settle={settle} />
          <VirtualList items={all} keyOf={idOf} rowHeight={76} label={text.deadLetters.title} height="65vh">
            {(letter) => <LetterRow letter={letter} isChosen={chosen.has(idOf(letter))} choose={() => setChosen(toggled(chosen, idOf(letter)))} open={() => open(letter)} />}
          </VirtualList>
        </>
      )}
      {opened && <Letter letter={opened} close={() => open(null)} />}
    </div>
  );
}

function useSettle(done: () => void) {
  const data = useQueryClient();
  return useMutation({
    mutationFn: async ({ operation, letters }: { operation: "ReplayDeadLettersOfAll" | "DiscardDeadLettersOfAll"; letters: LetterId[] }) => ({ operation, reply: await lab(operation, { body: { letters } }) }),
    onSuccess: done,
    onSettled: () => data.invalidateQueries({ queryKey: ["deadletters"] }),
  });
}

type Settle = ReturnType<typeof useSettle>;

function Actions({ picked, all, choose, settle }: { picked: readonly View[]; all: readonly View[]; choose: (ids: ReadonlySet<string>) => void; settle: Settle }) {
  const letters: LetterId[] = picked.map(({ service, id }) => ({ service, id }));
  const words = text.deadLetters;
  return (
    <div className={style["actions"]}>
      <label className="row">
        <input type="checkbox" checked={picked.length === all.length} onChange={(event) => choose(event.target.checked ? new Set(all.map(idOf)) : new Set())} />
        {picked.length === 0 ? words.chooseAll(all.length) : words.chosen(picked.length)}
      </label>
      <button type="button" className="button" data-kind="first" disabled={picked.length === 0 || settle.isPending} onClick={() => settle.mutate({ operation: "ReplayDeadLettersOfAll", letters })}>
        {words.replay}
      </button>
      <button type="button" className="button" disabled={picked.length === 0 || settle.isPending} onClick={() => window.confirm(words.sure(many(picked.length, "message"))) && settle.mutate({ operation: "DiscardDeadLettersOfAll", letters })}>
        {words.discard}
      </button>
    </div>
  );
}

/** What was put back or thrown away; it stays when the list is empty because of it. */
function Settled({ settle }: { settle: Settle }) {
  const words = text.deadLetters;
  return (
    <>
      <Problem error={settle.error} />
      {settle.data && (
        <Note tone={settle.data.reply.problems.length > 0 ? "degraded" : "healthy"} live>
          {[settle.data.operation === "ReplayDeadLettersOfAll" ? words.replayed(settle.data.reply.count) : words.discarded(settle.data.reply.count), ...settle.data.reply.problems].join(" ")}
        </Note>
      )}
    </>
  );
}
