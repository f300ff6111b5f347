import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/http";
import { lab } from "../../api/lab";
import { report } from "../../api/report";
import { Problem } from "../../parts/Problem";
import { CopyButton } from "../../parts/CopyButton";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { clockOf, many } from "../../text/format";
import { CellView } from "./CellView";
import { Verdict } from "./Verdict";

const names: Readonly<Record<string, string>> = { "report.html": "HTML", "report.json": "JSON", "junit.xml": "JUnit", "replay.yaml": "Replay" };

/** What came out of a run: the verdict, each experiment, each violation with its witnesses. */
export function ReportPage({ id }: { id: string }) {
  const address = `/api/reports/${encodeURIComponent(id)}`;
  const shown = useQuery({ queryKey: ["runs", "report", id], queryFn: () => ask(`${address}/files/report.json`, report) });
  const items = useQuery({ queryKey: ["runs", "reports"], queryFn: () => lab("ListReports", { query: { limit: 100 } }) });
  const files = items.data?.find((item) => item.id === id)?.files ?? [];
  const data = shown.data;
  const words = text.experiments;
  return (
    <div className="stack">
      <p className="small">
        <Link href="/experiments">{words.title}</Link>
      </p>
      <Problem error={shown.error} again={() => void shown.refetch()} />
      {data && (
        <>
          <div className="row">
            <h1>{data.title}</h1>
            <Verdict verdict={data.verdict} />
          </div>
          <p className="soft">
            {many(data.cells.length, "experiment")} · {words.seedIs(data.seed)} · <time dateTime={data.startedAt}>{new Date(data.startedAt).toLocaleDateString()} {clockOf(data.startedAt).slice(0, 8)}</time> · {Math.round(data.tookSeconds)} s
          </p>
          <p className="row small">
            <code>{data.replay}</code>
            <CopyButton text={data.replay} />
          </p>
          <p className="row">
            {files
              .filter((file) => names[file])
              .map((file) => (
                <a key={file} className="button" href={`${address}/files/${file}?download=true`} download>
                  {words.download(names[file] ?? file)}
                </a>
              ))}
          </p>
          {data.labFailure && <Problem error={new Error(data.labFailure)} />}
          {[...data.cells].sort((one, other) => rank(one.verdict) - rank(other.verdict)).map((cell) => (
            <CellView key={cell.name} cell={cell} />
          ))}
        </>
      )}
    </div>
  );
}

/** What broke comes first. */
function rank(verdict: string): number {
  return ["failed", "inconclusive", "passed"].indexOf(verdict);
}
