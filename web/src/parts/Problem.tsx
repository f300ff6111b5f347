import { Refusal } from "../api/http";
import { text } from "../text";
import { Note } from "./Tone";

/** The words of whatever went wrong. */
export function wordsOf(error: unknown): string {
  if (error instanceof Refusal && error.status === 0) return text.common.noAnswer;
  return error instanceof Error ? error.message : String(error);
}

export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  if (!error) return null;
  return (
    <div role="alert">
      <Note tone="violated">
        <p>{wordsOf(error)}</p>
        {again && (
          <p>
            <button type="button" className="button" onClick={again}>
              {text.common.again}
            </button>
          </p>
        )}
      </Note>
    </div>
  );
}
