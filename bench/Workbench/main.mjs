import { frames } from "./frames.mjs";
import { paint } from "./paint.mjs";
import { viewers } from "./viewers.mjs";

const modes = { frames: [frames, 600], paint: [paint, 7], viewers: [viewers, 40] };
const [name = "", amount] = process.argv.slice(2);
const mode = modes[name];
const value = Number(amount ?? mode?.[1]);
if (!mode || !Number.isInteger(value) || value < 1) {
  console.error(`bench/workbench: '${[name, amount].filter(Boolean).join(" ")}' is not known; it is one of: frames [<seconds>], paint [<rounds>], viewers [<seconds>]`);
  process.exit(2);
}
await mode[0](value);
