/** A dead letter is known by its service and its number there. */
export interface LetterId {
  service: string;
  id: number;
}

export function idOf(letter: LetterId): string {
  return `${letter.service}:${letter.id}`;
}

export function toggled(chosen: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Whether a text can be sent as the body of a message; what is wrong in words, or null. */
export function problemOf(body: string): string | null {
  try {
    JSON.parse(body);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A body as a person reads it: JSON with one field a line, anything else as it is. */
export function readable(body: string | null): string {
  if (body === null) return "";
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
