import { useEffect, useState } from "react";
import { type Figures, figuresAt, readFigures } from "./api";

/** The live figures of the services, as they are pushed; null until the first has come. */
export function useFigures(): Figures | null {
  const [figures, setFigures] = useState<Figures | null>(null);
  useEffect(() => {
    const stream = new EventSource(figuresAt);
    stream.addEventListener("snapshot", (event: MessageEvent<string>) => setFigures(readFigures(JSON.parse(event.data))));
    return () => stream.close();
  }, []);
  return figures;
}
