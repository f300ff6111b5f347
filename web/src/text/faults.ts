export const faults = {
  none: "Nothing is broken on purpose.",
  waits: "waits for its moment",
  fired: (times: string) => `fired ${times}`,
  remove: (says: string) => `Remove: ${says}`,
};
