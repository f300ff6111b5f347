import { useEffect, useRef, useState } from "react";
import { type Inquiry, submit } from "./api";
import { keep, type Kept } from "./kept";

/** Sends an inquiry and keeps it; tells how often there was no answer. */
export function useSubmit() {
  const [tries, setTries] = useState(0);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [sent, setSent] = useState<Kept | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const send = async (inquiry: Inquiry) => {
    const stop = new AbortController();
    running.current = stop;
    const key = crypto.randomUUID();
    setSending(true);
    setTries(0);
    setError(null);
    setSent(null);
    try {
      const { id, link } = await submit(inquiry, key, setTries, stop.signal);
      const kept = { id, link, title: inquiry.title, at: new Date().toISOString(), key };
      keep(kept);
      setSent(kept);
    } catch (problem) {
      if (!stop.signal.aborted) setError(problem);
    } finally {
      if (!stop.signal.aborted) setSending(false);
    }
  };
  return { send, tries, isSending, error, sent };
}
