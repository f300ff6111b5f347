import { cloneElement, type ReactElement, useId } from "react";

interface Props {
  label: string;
  hint?: string | undefined;
  wrong?: string | undefined;
  children: ReactElement<Record<string, unknown>>;
}

/** A control with its label, and what is wrong with its value. */
export function Field({ label, hint, wrong, children }: Props) {
  const id = useId();
  const about = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, { id, "aria-describedby": about, "aria-invalid": wrong ? true : undefined })}
      {hint && (
        <span id={`${id}-hint`} className="small soft">
          {hint}
        </span>
      )}
      {wrong && (
        <span id={`${id}-wrong`} className="wrong">
          {wrong}
        </span>
      )}
    </div>
  );
}
