import type { Schemas } from "../../api/lab";
import { Age } from "../../parts/Age";
import { text } from "../../text";
import { many, shortOf } from "../../text/format";
import style from "./DeadLetters.module.css";

interface Props {
  letter: Schemas["DeadLetterView"];
  isChosen: boolean;
  choose: () => void;
  open: () => void;
}

export function LetterRow({ letter, isChosen, choose, open }: Props) {
  const name = shortOf(letter.type) || text.deadLetters.unknownType;
  return (
    <div className={style["row"]} data-chosen={isChosen}>
      <input type="checkbox" checked={isChosen} onChange={choose} aria-label={text.deadLetters.choose(name, letter.id)} />
      <button type="button" className={style["open"]} onClick={open}>
        <strong>{name}</strong>
        <span className={style["reason"]}>{letter.reason}</span>
      </button>
      <span className="small soft">
        {shortOf(letter.service)} · {many(letter.attempts, "attempt")}
        <br />
        <Age at={letter.at} />
      </span>
    </div>
  );
}
