import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { lab, type Schemas, serviceOf } from "../../api/lab";
import { Drawer } from "../../parts/Drawer";
import { Field } from "../../parts/Field";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { shortOf } from "../../text/format";
import { problemOf, readable } from "./selection";

/** One dead letter: why it is here, what was tried, and its body, which may be mended before it goes back. */
export function Letter({ letter, close }: { letter: Schemas["DeadLetterView"]; close: () => void }) {
  const words = text.deadLetters;
  return (
    <Drawer title={shortOf(letter.type) || words.unknownType} close={close}>
      <Note tone="violated">
        <p>{letter.reason}</p>
      </Note>
      <p className="small soft">
        {shortOf(letter.service)} · <span className="code">{letter.messageId}</span> · <Link href={`/journeys/${letter.messageId}`}>{words.journey}</Link>
      </p>
      <section className="stack" data-gap="small">
        <h3>{words.history}</h3>
        <ol className="stack" data-gap="small">
          {letter.history.map((line, index) => (
            <li key={`${index}-${line}`} className="small" style={{ overflowWrap: "anywhere" }}>
              {line}
            </li>
          ))}
        </ol>
      </section>
      <Mend letter={letter} close={close} />
    </Drawer>
  );
}

function Mend({ letter, close }: { letter: Schemas["DeadLetterView"]; close: () => void }) {
  const data = useQueryClient();
  const words = text.deadLetters;
  const [body, setBody] = useState(() => readable(letter.body));
  const isChanged = body !== readable(letter.body);
  const wrong = isChanged ? problemOf(body) : null;
  const at = { ...serviceOf(letter.service), id: letter.id };
  const act = useMutation({
    mutationFn: (what: "replay" | "mend" | "discard") =>
      what === "mend" ? lab("ReplayEditedDeadLetter", { path: at, body: { body } }) : lab(what === "replay" ? "ReplayDeadLetters" : "DiscardDeadLetters", { path: serviceOf(letter.service), body: { ids: [letter.id] } }),
    onSuccess: close,
    onSettled: () => data.invalidateQueries({ queryKey: ["deadletters"] }),
  });
  return (
    <section className="stack" data-gap="small">
      <Field label={words.body} hint={words.bodyHint} wrong={wrong ? words.notJson(wrong) : undefined}>
        <textarea className="code" rows={14} spellCheck={false} value={body} onChange={(event) => setBody(event.target.value)} />
      </Field>
      <Problem error={act.error} />
      <div className="row">
        <button type="button" className="button" data-kind="first" disabled={act.isPending || wrong !== null} onClick={() => act.mutate(isChanged ? "mend" : "replay")}>
          {isChanged ? words.mend : words.replay}
        </button>
        <button type="button" className="button" disabled={act.isPending} onClick={() => window.confirm(words.sure("this message")) && act.mutate("discard")}>
          {words.discard}
        </button>
      </div>
    </section>
  );
}
