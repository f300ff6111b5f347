import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";

interface Props<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** The usual height of a row, in pixels; rows are measured when they are drawn. */
  rowHeight: number;
  label: string;
  height?: string;
  children: (item: T) => ReactNode;
}

/** A list that can grow: only what is seen is drawn. */
export function VirtualList<T>({ items, keyOf, rowHeight, label, height = "60vh", children }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => keyOf(items[index] as T),
  });
  return (
    <div ref={box} className="scroll" style={{ maxHeight: height }} tabIndex={0} role="region" aria-label={label}>
      <ul style={{ position: "relative", height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <li key={row.key} data-index={row.index} ref={rows.measureElement} style={{ position: "absolute", insetInline: 0, top: 0, transform: `translateY(${row.start}px)` }}>
            {children(items[row.index] as T)}
          </li>
        ))}
      </ul>
    </div>
  );
}
