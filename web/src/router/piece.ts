import { type ComponentType, createElement, lazy, useState } from "react";

/** A part of the workbench that is fetched when it is needed. */
export type Piece = ComponentType & {
  /** Fetches it ahead of its need. Fails as the fetch does. */
  arrive: () => Promise<void>;
};

/** Once it has arrived it is drawn at once. A part that is only lazy shows its fallback first, and React keeps a fallback that was seen for 300 ms. */
export function piece(load: () => Promise<{ default: ComponentType }>): Piece {
  let arrived: ComponentType | undefined;
  const fetched = async () => {
    const module = await load();
    arrived = module.default;
    return module;
  };
  const Later = lazy(fetched);
  function View() {
    const [Shown] = useState(() => arrived ?? Later); // Chosen once: another component in the same place would begin with empty fields.
    return createElement(Shown);
  }
  return Object.assign(View, { arrive: async () => void (await fetched()) });
}
