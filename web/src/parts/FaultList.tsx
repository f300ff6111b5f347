import { X } from "lucide-react";
import { useRemoveFault } from "../api/faults";
import type { ActiveFault } from "../live/reducer";
import { text } from "../text";
import { many, sentence } from "../text/format";
import { Age } from "./Age";
import style from "./FaultList.module.css";
import { Problem } from "./Problem";

/** The faults that are set, with what each has done so far. */
export function FaultList({ faults }: { faults: readonly ActiveFault[] }) {
  const remove = useRemoveFault();
  if (faults.length === 0) return <p className="soft">{text.faults.none}</p>;
  return (
    <>
      <Problem error={remove.error} />
      <ul className={style["list"]}>
        {faults.map((fault) => (
          <li key={fault.id} className={style["fault"]}>
            <div className="stack" data-gap="small" style={{ gap: 0 }}>
              <strong>{sentence(fault.says)}</strong>
              <span className="small soft">
                {[fault.service ?? fault.link ?? fault.instance, fault.point].filter(Boolean).join(" · ")}
              </span>
              <span className="small" data-fired={fault.fired > 0}>
                {fault.fired > 0 ? text.faults.fired(many(fault.fired, "time")) : text.faults.waits}
                {fault.lastFiredAt && (
                  <>
                    {", "}
                    <Age at={fault.lastFiredAt} />
                  </>
                )}
              </span>
            </div>
            <button type="button" className="button" data-kind="bare" disabled={remove.isPending} aria-label={text.faults.remove(fault.says)} onClick={() => remove.mutate(fault)}>
              <X aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
