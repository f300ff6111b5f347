import { Badge, type Tone } from "../../../parts/Tone";
import { text } from "../../../text";
import { useFigures } from "./useFigures";

const words = text.ticketflow;
const tones: Readonly<Record<string, Tone>> = { up: "healthy", late: "degraded", down: "violated" };

/** What the services do at this moment, for supervisors. */
export function Live() {
  const figures = useFigures();
  return (
    <section className="panel stack" data-gap="small" aria-label={words.live}>
      <h2>{words.live}</h2>
      {figures === null && <p className="soft">{text.common.loading}</p>}
      {figures && (
        <div className="scroll" role="region" aria-label={words.live} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {words.liveColumns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {figures.services.map((service) => (
                <tr key={service.service}>
                  <th scope="row">{service.service.split("/").at(-1)}</th>
                  <td>
                    <Badge tone={tones[service.state]}>{service.state}</Badge>
                  </td>
                  <td>{percent(service.load.cpu)}</td>
                  <td>{Math.round(service.load.memoryBytes / 1_048_576)} MB</td>
                  <td>{rate(service.load.inPerSecond)}</td>
                  <td>{rate(service.load.outPerSecond)}</td>
                  <td>{waiting(service.backlog?.queue, service.backlog?.queueOldestSeconds)}</td>
                  <td>{waiting(service.backlog?.outbox, service.backlog?.outboxLagSeconds)}</td>
                  <td>{service.backlog?.deadLetters ?? "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** A share of one core. Pure. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}

function rate(perSecond: number | null): string {
  return perSecond === null ? "–" : perSecond.toFixed(1);
}

/** How many wait, and since when the oldest does. Pure. */
export function waiting(count: number | null | undefined, oldest: number | null | undefined): string {
  if (count === null || count === undefined) return "–";
  return oldest === null || oldest === undefined ? String(count) : `${count} (${oldest.toFixed(1)} s)`;
}
