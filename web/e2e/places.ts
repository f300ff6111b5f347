/** Every page of the workbench, as a person reaches it. A new page is one row here. */
export const places: readonly { name: string; path: string }[] = [
  { name: "map", path: "/?system=ticketflow" },
  { name: "map of the restaurant", path: "/?system=restaurant" },
  { name: "scenarios", path: "/scenarios" },
  { name: "a scenario", path: "/scenarios/crash-after-commit" },
  { name: "guards", path: "/guards" },
  { name: "journeys", path: "/journeys" },
  { name: "experiments", path: "/experiments" },
  { name: "dead letters", path: "/deadletters" },
  { name: "metrics", path: "/metrics" },
  { name: "the customer of TicketFlow", path: "/ticketflow" },
  { name: "the desk of TicketFlow", path: "/ticketflow/desk" },
  { name: "restaurant", path: "/restaurant" },
];
