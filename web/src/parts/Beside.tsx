import { type ComponentType, createContext, Suspense, useContext } from "react";

/** What the pages of a system bring to the map. */
export interface SystemSide {
  /** The people of the system, seen while something breaks. */
  beside?: ComponentType | undefined;
  /** The services that its people come in by; the others answer over HTTP too, but seldom. */
  doors: readonly string[];
}

/** Given from above, so that no page needs to know another. */
export const Systems = createContext<Readonly<Record<string, SystemSide>>>({});

export function useDoors(system: string): readonly string[] {
  return useContext(Systems)[system]?.doors ?? noDoors;
}

const noDoors: readonly string[] = [];

export function Beside({ system }: { system: string }) {
  const View = useContext(Systems)[system]?.beside;
  return View ? (
    <Suspense fallback={null}>
      <View />
    </Suspense>
  ) : null;
}
