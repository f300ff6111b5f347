import { useQuery } from "@tanstack/react-query";
import { lab } from "../../api/lab";
import { Problem } from "../../parts/Problem";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { spanOf } from "../../text/format";
import { Verdict } from "./Verdict";

/** Past runs side by side: one row for each experiment. */
export function Compare({ ids }: { ids: readonly string[] }) {
  const compared = useQuery({ queryKey: ["runs", "compare", ids], queryFn: () => lab("CompareReports", { query: { ids: ids.join(",") } }) });
  const data = compared.data;
  const words = text.experiments;
  return (
    <div className="stack">
      <p className="small">
        <Link href="/experiments">{words.title}</Link>
      </p>
      <h1>{words.sideBySide}</h1>
      <Problem error={compared.error} again={() => void compared.refetch()} />
      {data && (
        <div className="panel scroll" tabIndex={0} role="region" aria-label={words.sideBySide}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.experiment}</th>
                {data.runs.map((run) => (
                  <th key={run.id} scope="col">
                    <Link href={`/experiments/${encodeURIComponent(run.id)}`}>{run.title}</Link>
                    <br />
                    <time dateTime={run.startedAt}>{new Date(run.startedAt).toLocaleString()}</time>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <tr key={row.name}>
                  <th scope="row">{row.title}</th>
                  {row.cells.map((cell, index) => (
                    <td key={`${row.name}-${data.runs[index]?.id}`}>
                      {cell ? (
                        <>
                          <Verdict verdict={cell.verdict} />
                          <span className="small soft" style={{ display: "block" }}>
                            {words.cell(cell.ok, cell.ok + cell.failed + cell.unknown, cell.p99Ms === null ? "–" : spanOf(cell.p99Ms))}
                          </span>
                        </>
                      ) : (
                        "–"
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
