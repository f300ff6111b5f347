import style from "./Switch.module.css";

/** On or off, at once. The label is read with the state. */
export function Switch({ on, label, busy, change }: { on: boolean; label: string; busy?: boolean; change: (on: boolean) => void }) {
  return (
    <button type="button" role="switch" aria-checked={on} aria-label={label} aria-busy={busy} disabled={busy} className={style["switch"]} onClick={() => change(!on)}>
      <span className={style["knob"]} />
    </button>
  );
}
