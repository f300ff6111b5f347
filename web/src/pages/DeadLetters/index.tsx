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
  const picked = all.filter((letter) => chosen.has(idOf(letter)));
  const opened = all.find((letter) => idOf(letter) === place.query.get("open"));
  const open = (letter: View | null) => go(withQuery(place, { open: letter && idOf(letter) }), { replace: letter === null });
  return (
    <div className="stack">
      <h1>{text.deadLetters.title}</h1>
      <p className="lead soft">{text.deadLetters.lead}</p>
      <Problem error={letters.error} again={() => void letters.refetch()} />
      {letters.data && all.length === 0 && <Note tone="healthy">{text.deadLetters.none}</Note>}
      {all.length > 0 && (
        <>
          <Actions picked={picked} all={all} choose={setChosen} />
          <VirtualList items={all} keyOf={idOf} rowHeight={76} label={text.deadLetters.title} height="65vh">
            {(letter) => <LetterRow letter={letter} isChosen={chosen.has(idOf(letter))} choose={() => setChosen(toggled(chosen, idOf(letter)))} open={() => open(letter)} />}
          </VirtualList>
        </>
      )}
      {opened && <Letter letter={opened} close={() => open(null)} />}
    </div>
  );
}

function Actions({ picked, all, choose }: { picked: readonly View[]; all: readonly View[]; choose: (ids: ReadonlySet<string>) => void }) {
  const data = useQueryClient();
  const act = useMutation({
    mutationFn: async (operation: "ReplayDeadLettersOfAll" | "DiscardDeadLettersOfAll") => {
      const letters: LetterId[] = picked.map(({ service, id }) => ({ service, id }));
      return { operation, reply: await lab(operation, { body: { letters } }) };
    },
    onSuccess: () => choose(new Set()),
    onSettled: () => data.invalidateQueries({ queryKey: ["deadletters"] }),
  });
  const words = text.deadLetters;
  return (
    <div className="stack" data-gap="small">
      <div className={style["actions"]}>
        <label className="row">
          <input type="checkbox" checked={picked.length === all.length} onChange={(event) => choose(event.target.checked ? new Set(all.map(idOf)) : new Set())} />
          {picked.length === 0 ? words.chooseAll(all.length) : words.chosen(picked.length)}
        </label>
        <button type="button" className="button" data-kind="first" disabled={picked.length === 0 || act.isPending} onClick={() => act.mutate("ReplayDeadLettersOfAll")}>
          {words.replay}
        </button>
        <button type="button" className="button" disabled={picked.length === 0 || act.isPending} onClick={() => window.confirm(words.sure(many(picked.length, "message"))) && act.mutate("DiscardDeadLettersOfAll")}>
          {words.discard}
        </button>
      </div>
      <Problem error={act.error} />
      {act.data && (
        <Note tone={act.data.reply.problems.length > 0 ? "degraded" : "healthy"} live>
          {[act.data.operation === "ReplayDeadLettersOfAll" ? words.replayed(act.data.reply.count) : words.discarded(act.data.reply.count), ...act.data.reply.problems].join(" ")}
        </Note>
      )}
    </div>
  );
}
