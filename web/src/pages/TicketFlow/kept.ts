import { useSyncExternalStore } from "react";

/** An inquiry that was sent from this browser. */
export interface Kept {
  id: string;
  link: string;
  title: string;
  at: string;
  /** The key that it was sent with: the name of the operation, by which its journey is found. */
  key: string;
}

const place = "faultline.ticketflow.inquiries";
const keptMax = 20;
const changed = new EventTarget();
let known = read();

function read(): readonly Kept[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is Kept => typeof one === "object" && one !== null && ["id", "link", "title", "at", "key"].every((field) => typeof (one as Record<string, unknown>)[field] === "string")) : [];
  } catch {
    return []; // Somebody else wrote there.
  }
}

export function keep(inquiry: Kept): void {
  known = [inquiry, ...known.filter((one) => one.id !== inquiry.id)].slice(0, keptMax);
  localStorage.setItem(place, JSON.stringify(known));
  changed.dispatchEvent(new Event("changed"));
}

/** Forgets what the service does not know any more: its database was built anew. */
export function forget(id: string): void {
  known = known.filter((one) => one.id !== id);
  localStorage.setItem(place, JSON.stringify(known));
  changed.dispatchEvent(new Event("changed"));
}

/** The inquiries of this browser, newest first. */
export function useKept(): readonly Kept[] {
  return useSyncExternalStore(
    (listen) => {
      changed.addEventListener("changed", listen);
      return () => changed.removeEventListener("changed", listen);
    },
    () => known,
  );
}
