import { Circle, CircleCheck, CircleX, Clock3, Info, Zap } from "lucide-react";
import type { ReactNode } from "react";

/** The four meanings of colour; see docs/design/ui.md. */
export type Tone = "healthy" | "degraded" | "fault" | "violated";

const shapes = { healthy: CircleCheck, degraded: Clock3, fault: Zap, violated: CircleX } as const;

/** The shape of a meaning, so that it is told without colour too. */
export function ToneIcon({ tone }: { tone: Tone | undefined }) {
  const Shape = tone ? shapes[tone] : Info;
  return <Shape aria-hidden style={tone ? { color: `var(--${tone})` } : undefined} />;
}

export function Badge({ tone, plain, children }: { tone?: Tone | undefined; plain?: boolean; children: ReactNode }) {
  const Shape = tone ? shapes[tone] : Circle;
  return (
    <span className="badge" data-tone={tone}>
      {!plain && tone && <Shape aria-hidden />}
      {children}
    </span>
  );
}

/** A sentence that matters, with its meaning at the side. */
export function Note({ tone, children, live }: { tone?: Tone | undefined; children: ReactNode; live?: boolean }) {
  return (
    <div className="note" data-tone={tone} role={live ? "status" : undefined}>
      <ToneIcon tone={tone} />
      <div className="stack" data-gap="small">
        {children}
      </div>
    </div>
  );
}
