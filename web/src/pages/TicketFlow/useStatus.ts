import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useNow } from "../../parts/Age";
import { readStatus } from "./api";

const everyMs = 1_500;

/** What the customer's page shows, looked at again and again as an open page would; and for how long it has not changed. */
export function useStatus(id: string, link: string) {
  const query = useQuery({ queryKey: ["ticketflow", "inquiry", id], queryFn: ({ signal }) => readStatus(id, link, signal), refetchInterval: everyMs, retry: false, staleTime: 0 });
  const seen = useRef({ what: "", since: Date.now() });
  const now = useNow();
  const what = query.data ? `${query.data.status}/${query.data.conversation.length}` : "";
  if (what !== seen.current.what) seen.current = { what, since: seen.current.what === "" && query.data ? Math.max(Date.parse(query.data.submittedAt), 0) : Date.now() };
  return { ...query, unchangedMs: Math.max(0, now - seen.current.since) };
}
