import { useMutation } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { lab } from "../../../api/lab";
import { Problem } from "../../../parts/Problem";
import { text } from "../../../text";
import type { Choice } from "./choices";
import style from "./Break.module.css";

/** The most telling things that can go wrong here; one press sets them. */
export function Choices({ choices, placed }: { choices: readonly Choice[]; placed: () => void }) {
  const place = useMutation({ mutationFn: (choice: Choice) => lab(choice.operation, { body: choice.body }), onSuccess: placed });
  return (
    <section className="stack" data-gap="small" aria-label={text.breakIt.choose}>
      <h3>{text.breakIt.choose}</h3>
      <Problem error={place.error} />
      <ul className={style["choices"]}>
        {choices.map((choice) => (
          <li key={choice.id}>
            <button type="button" className={style["choice"]} disabled={place.isPending} onClick={() => place.mutate(choice)}>
              <Zap aria-hidden />
              <span>
                <strong>{choice.title}</strong>
                <span className="soft">{choice.says}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
