import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { text } from "../text";
import style from "./Drawer.module.css";

/** What belongs beside a page: comes from the right, keeps the focus inside, goes with Escape and gives the focus back. */
export function Drawer({ title, close, children }: { title: ReactNode; close: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const head = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // The dialog has left the page by now, so the browser gives nothing back.
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={style["drawer"]}
      aria-labelledby={head}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div className={style["inside"]}>
        <header className={style["head"]}>
          <h2 id={head}>{title}</h2>
          <button type="button" className="button" data-kind="bare" onClick={close} aria-label={text.common.close}>
            <X aria-hidden />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
