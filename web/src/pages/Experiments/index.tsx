import { usePlace } from "../../router/location";
import { Compare } from "./Compare";
import { Overview } from "./Overview";
import { ReportPage } from "./ReportPage";

/** Batteries and files to run, the run under way, and what came out of earlier ones. */
export default function ExperimentsPage() {
  const place = usePlace();
  const id = decodeURIComponent(place.path.slice("/experiments/".length));
  if (id === "compare") return <Compare ids={(place.query.get("ids") ?? "").split(",").filter(Boolean)} />;
  return id ? <ReportPage key={id} id={id} /> : <Overview />;
}
