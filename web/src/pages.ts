import { Activity, Archive, ChefHat, FlaskConical, type LucideIcon, Map as MapIcon, Route, ShieldCheck, Sparkles, Ticket } from "lucide-react";
import { type Piece, piece } from "./router/piece";
import { pages as titles } from "./text/shell";

/** A page of the workbench: one row here, one folder under pages/. */
export interface Page {
  path: string;
  title: string;
  icon: LucideIcon;
  /** The system that it belongs to; shown while that one is known to the lab. */
  system?: string;
  view: Piece;
  /** The narrow piece that stands beside the map: the same people, seen while something breaks. */
  beside?: Piece;
  /** The services that people come in by, as the map draws them. */
  doors?: readonly string[];
}

export const pages: readonly Page[] = [
  { path: "/", title: titles.map, icon: MapIcon, view: piece(() => import("./pages/Map")) },
  { path: "/scenarios", title: titles.scenarios, icon: Sparkles, view: piece(() => import("./pages/Scenarios")) },
  { path: "/guards", title: titles.guards, icon: ShieldCheck, view: piece(() => import("./pages/Guards")) },
  { path: "/journeys", title: titles.journeys, icon: Route, view: piece(() => import("./pages/Journeys")) },
  { path: "/experiments", title: titles.experiments, icon: FlaskConical, view: piece(() => import("./pages/Experiments")) },
  { path: "/deadletters", title: titles.deadLetters, icon: Archive, view: piece(() => import("./pages/DeadLetters")) },
  { path: "/metrics", title: titles.metrics, icon: Activity, view: piece(() => import("./pages/Metrics")) },
  {
    path: "/ticketflow",
    title: titles.ticketflow,
    icon: Ticket,
    system: "ticketflow",
    view: piece(() => import("./pages/TicketFlow")),
    beside: piece(() => import("./pages/TicketFlow/Beside")),
    doors: ["ticketflow/inquiries"],
  },
  {
    path: "/restaurant",
    title: titles.restaurant,
    icon: ChefHat,
    system: "restaurant",
    view: piece(() => import("./pages/Restaurant")),
    beside: piece(() => import("./pages/Restaurant/Beside")),
    doors: ["restaurant/orders"],
  },
];

/** The page of a path: the longest one that it begins with. */
export function pageOf(path: string, all: readonly Page[] = pages): Page | undefined {
  return all
    .filter((page) => page.path === path || (page.path !== "/" && path.startsWith(`${page.path}/`)))
    .sort((one, other) => other.path.length - one.path.length)[0];
}
