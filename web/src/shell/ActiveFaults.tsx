import { Trash2, Zap } from "lucide-react";
import { useState } from "react";
import { useLive } from "../live/live";
import { Drawer } from "../parts/Drawer";
import { FaultList } from "../parts/FaultList";
import { Problem } from "../parts/Problem";
import { text } from "../text";
import { useClearFaults } from "../api/faults";

/** How much is broken on purpose, what it is, and the one switch that clears it all. */
export function ActiveFaults() {
  const faults = useLive((state) => state.faults);
  const [isOpen, setOpen] = useState(false);
  const clear = useClearFaults();
  const words = text.shell.faults(faults.length);
  if (faults.length === 0 && !isOpen) return <span className="small soft">{words}</span>;
  return (
    <>
      <span className="row">
        <button type="button" className="badge" data-tone="fault" style={{ border: 0, cursor: "pointer", minHeight: "1.8rem" }} onClick={() => setOpen(true)}>
          <Zap aria-hidden />
          {words}
        </button>
        <button type="button" className="button" disabled={clear.isPending || faults.length === 0} onClick={() => clear.mutate()}>
          <Trash2 aria-hidden />
          {text.shell.clear}
        </button>
      </span>
      {isOpen && (
        <Drawer title={words} close={() => setOpen(false)}>
          <Problem error={clear.error} />
          <FaultList faults={faults} />
        </Drawer>
      )}
    </>
  );
}
