import { Link } from "../router/Link";
import { usePlace, withQuery } from "../router/location";
import { text } from "../text";
import { pages } from "../text/shell";
import style from "./SystemChoice.module.css";

const titles: Readonly<Record<string, string>> = pages;

/** Which system is looked at; nothing while there is no choice. */
export function SystemChoice({ systems, chosen, all = false }: { systems: readonly string[]; chosen: string; all?: boolean }) {
  const place = usePlace();
  if (systems.length + (all ? 1 : 0) < 2) return null;
  return (
    <ul className={style["choice"]} aria-label={text.common.system}>
      {[...(all ? [""] : []), ...systems].map((system) => (
        <li key={system}>
          <Link href={withQuery(place, { system: system || null })} className="button" data-kind={system === chosen ? undefined : "bare"} aria-current={system === chosen}>
            {system ? (titles[system] ?? system) : text.common.anySystem}
          </Link>
        </li>
      ))}
    </ul>
  );
}
