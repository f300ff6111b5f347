export const guards = {
  title: "Guards",
  lead: "Each guard protects from one mistake. Switch one off while the system runs, break something, and see what the guard was for.",
  allOn: "All guards are on.",
  off: (count: number) => (count === 1 ? "1 guard is off" : `${count} guards are off`),
  switchAllOn: "Switch all on",
  protects: (from: string) => `Protects from this: ${from}.`,
  on: (says: string) => `On: ${says}.`,
  without: (says: string) => `Off: ${says}.`,
  isOn: "on",
  isOff: "off",
  label: (guard: string, service: string) => `${guard} of ${service}`,
  classes: { speed: "speed", load: "load" } as Readonly<Record<string, string>>,
};
