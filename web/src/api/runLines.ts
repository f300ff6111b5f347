import { askStream } from "./http";
import { reader, type Schemas } from "./lab";

/** What a run tells, line by line, until it has ended. */
export async function followRun(id: string, tell: (line: Schemas["RunLine"]) => void, stop: AbortSignal): Promise<void> {
  const read = reader("RunLine");
  const stream = (await askStream(`/api/runs/${encodeURIComponent(id)}/lines`, stop)).pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await stream.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) tell(read(JSON.parse(line), "line"));
  }
}
