import { useEffect, useRef, useState } from "react";
import { useLive } from "../live/live";
import { text } from "../text";

/** Tells a screen reader what fired; nothing more often than it can be read. */
export function Announcer() {
  const last = useLive((state) => state.fired.at(-1));
  const epoch = useLive((state) => state.epoch);
  const known = useRef({ id: last?.id, epoch });
  const [said, say] = useState("");
  useEffect(() => {
    // What had fired before this page looked is no news.
    if (known.current.epoch === epoch && last && last.id !== known.current.id) say(text.shell.fired(last.says));
    known.current = { id: last?.id, epoch };
  }, [last, epoch]);
  return (
    <div className="unseen" role="status" aria-live="polite">
      {said}
    </div>
  );
}
