import { useSyncExternalStore } from "react";

/** Where the person is: the path, and what is selected and filtered there. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

const moved = new EventTarget();
let place: Place = read();

function read(): Place {
  return { path: decodeURI(window.location.pathname), query: new URLSearchParams(window.location.search) };
}

function tell(): void {
  place = read();
  moved.dispatchEvent(new Event("moved"));
}

window.addEventListener("popstate", tell);

/** Goes to an address of the workbench; a change of a filter replaces the entry in the history, so that "back" leaves the page. */
export function go(to: string, how: { replace?: boolean } = {}): void {
  if (how.replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  tell();
}

/** Where the person is now; a page uses {@link usePlace}, which follows them. */
export const currentPlace = (): Place => place;

export function usePlace(): Place {
  return useSyncExternalStore(
    (listen) => {
      moved.addEventListener("moved", listen);
      return () => moved.removeEventListener("moved", listen);
    },
    currentPlace,
  );
}

/** The address of the same page with other choices; a choice of null goes. */
export function withQuery(from: Place, choices: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(from.query);
  for (const [name, value] of Object.entries(choices)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text ? `${from.path}?${text}` : from.path;
}
