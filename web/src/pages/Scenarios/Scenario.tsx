import { useQuery } from "@tanstack/react-query";
import { Play, RotateCcw } from "lucide-react";
import { lab } from "../../api/lab";
import { useLive } from "../../live/live";
import { Beside } from "../../parts/Beside";
import { CopyButton } from "../../parts/CopyButton";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { go, usePlace, withQuery } from "../../router/location";
import { text } from "../../text";
import { Outcome } from "./Outcome";
import { type Scenario, stepsOf } from "./play";
import style from "./Scenarios.module.css";
import { Steps } from "./Steps";
import { usePlay } from "./usePlay";

/** One story: what will be broken, what to watch, what happened, which guard helps. */
export function ScenarioPage({ id }: { id: string }) {
  const scenario = useQuery({ queryKey: ["scenarios", id], queryFn: () => lab("ReadScenario", { path: { id } }) });
  return (
    <div className="stack">
      <p className="small">
        <Link href="/scenarios">{text.scenarios.title}</Link>
      </p>
      <Problem error={scenario.error} again={() => void scenario.refetch()} />
      {scenario.data && <Story scenario={scenario.data} />}
    </div>
  );
}

function Story({ scenario }: { scenario: Scenario }) {
  const place = usePlace();
  const guarded = place.query.get("guard") !== "off";
  const player = usePlay();
  const choose = (on: boolean) => go(withQuery(place, { guard: on ? null : "off" }), { replace: true });
  const words = text.scenarios;
  const isRunnable = useLive((state) => state.systems.includes(scenario.system));
  const steps = player.steps.length > 0 ? player.steps : stepsOf(scenario, guarded);
  return (
    <>
      <div className="row" data-spread>
        <h1>{scenario.title}</h1>
        <CopyButton text={window.location.href} label={words.share} />
      </div>
      <p className="lead">{scenario.story}</p>
      <div className={style["story"]}>
        <div className="stack">
          <Note tone="fault">
            <h2>{words.breaks}</h2>
            <p>{scenario.breaks}</p>
          </Note>
          <GuardChoice guard={scenario.guard} guarded={guarded} choose={choose} busy={player.isPlaying} />
          {!isRunnable && <Note tone="degraded">{words.notNow}</Note>}
          <p>
            <button type="button" className="button" data-kind="first" disabled={player.isPlaying || !isRunnable} onClick={() => player.start(stepsOf(scenario, guarded), guarded)}>
              {player.states.length > 0 ? <RotateCcw aria-hidden /> : <Play aria-hidden />}
              {player.isPlaying ? words.playing : player.states.length > 0 ? words.again : words.play}
            </button>
          </p>
          <Steps steps={steps} states={player.states} />
        </div>
        <div className="stack">
          <section className="panel stack" data-gap="small">
            <h2>{words.watch}</h2>
            <ul className={style["watch"]}>
              {scenario.watch.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            <p className="small">
              <Link href={`/?system=${scenario.system}`}>{words.onMap}</Link>
            </p>
          </section>
          <Outcome scenario={scenario} guarded={player.playedGuarded ?? guarded} names={player.names} isOver={player.isOver} />
          <Beside system={scenario.system} />
        </div>
      </div>
    </>
  );
}

function GuardChoice({ guard, guarded, choose, busy }: { guard: Scenario["guard"]; guarded: boolean; choose: (on: boolean) => void; busy: boolean }) {
  const words = text.scenarios;
  const catalogue = useQuery({ queryKey: ["catalogue"], queryFn: () => lab("ReadCatalogue"), staleTime: 60_000 });
  const protects = catalogue.data?.guards.find((one) => one.name === guard.name)?.protects;
  return (
    <fieldset className={style["guard"]} disabled={busy}>
      <legend>{words.withGuard(guard.name)}</legend>
      {[true, false].map((on) => (
        <label key={String(on)} className="row">
          <input type="radio" name="guard" checked={guarded === on} onChange={() => choose(on)} />
          {on ? words.on : words.off}
        </label>
      ))}
      {protects && <p className="small soft">{text.guards.protects(protects)}</p>}
    </fieldset>
  );
}
