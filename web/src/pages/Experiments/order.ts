/** What somebody fills in to start a run. */
export interface RunForm {
  /** `battery:` or `file:` and its name. */
  what: string;
  seed: string;
  replicas: string;
  only: string;
  guardsOff: readonly string[];
}

export const emptyRun: RunForm = { what: "", seed: "", replicas: "", only: "", guardsOff: [] };

/** The order that a form means; `experiment` is the text of the chosen file. Pure. */
export function orderOf(form: RunForm, experiment: string | null): Record<string, unknown> {
  const [kind, name] = [form.what.slice(0, form.what.indexOf(":")), form.what.slice(form.what.indexOf(":") + 1)];
  return {
    ...(kind === "file" ? { experiment, file: name } : { battery: name }),
    ...(form.seed.trim() ? { seed: seedOf(form.seed) } : {}),
    ...(form.replicas ? { replicas: Number(form.replicas) } : {}),
    ...(form.only.trim() ? { only: form.only.split(",").map((one) => one.trim()).filter(Boolean) } : {}),
    ...(form.guardsOff.length > 0 ? { guards: form.guardsOff.map((guard) => `-${guard}`) } : {}),
  };
}

/** A seed that a number of JavaScript holds exactly. */
export function seedOf(text: string): number {
  return Number(text.trim());
}

export function seedProblem(text: string): string | null {
  if (!text.trim()) return null;
  return /^\d+$/.test(text.trim()) && Number.isSafeInteger(Number(text)) ? null : `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
}

/** The guards that can be left out for all services. */
export function guardChoices(services: readonly { guards: readonly { name: string; class: unknown }[] }[]): string[] {
  return [...new Set(services.flatMap((service) => service.guards.map((guard) => guard.name)))];
}
