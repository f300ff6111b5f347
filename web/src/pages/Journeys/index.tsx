import { usePlace } from "../../router/location";
import { JourneyPage } from "./Journey";
import { JourneyList } from "./JourneyList";
import { journeyOf } from "./url";

/** The lives of messages and operations: the list, or one of them. */
export default function JourneysPage() {
  const id = journeyOf(usePlace());
  return id ? <JourneyPage key={id} id={id} /> : <JourneyList />;
}
