import { Badge, type Tone } from "../../parts/Tone";

const tones: Readonly<Record<string, Tone>> = { passed: "healthy", failed: "violated", inconclusive: "degraded" };

export function Verdict({ verdict }: { verdict: string | null }) {
  return <Badge tone={tones[verdict ?? ""]}>{verdict ?? "–"}</Badge>;
}
