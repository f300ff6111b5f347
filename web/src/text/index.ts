import { breakIt } from "./breakIt";
import { deadLetters } from "./deadLetters";
import { experiments } from "./experiments";
import { faults } from "./faults";
import { guards } from "./guards";
import { journeys } from "./journeys";
import { map } from "./map";
import { metrics } from "./metrics";
import { restaurant } from "./restaurant";
import { scenarios } from "./scenarios";
import { common, pages, shell } from "./shell";
import { ticketflow } from "./ticketflow";

/** Every sentence of the workbench that a person reads, in English; another language is another set of these files. */
export const text = { common, shell, pages, map, breakIt, faults, guards, journeys, experiments, scenarios, deadLetters, metrics, ticketflow, restaurant };
