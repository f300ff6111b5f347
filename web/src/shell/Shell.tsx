import { Menu, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useLive } from "../live/live";
import { type Page, pages } from "../pages";
import { Link } from "../router/Link";
import { text } from "../text";
import { ActiveFaults } from "./ActiveFaults";
import { Announcer } from "./Announcer";
import { Hearing } from "./Hearing";
import { Mark } from "./Mark";
import style from "./Shell.module.css";
import { ThemeChoice } from "./ThemeChoice";

const labPages = pages.filter((page) => !page.system);
const systemPages = pages.filter((page) => page.system);

/** What is true on every page: where one is, whether the lab is heard, and what is broken on purpose. */
export function Shell({ page, children }: { page: Page | undefined; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    document.title = page ? `${page.title} · ${text.shell.name}` : text.shell.name;
    setOpen(false);
    // Who came by a link goes on in the new page; who has just come begins at the top. React may run an effect twice.
    if (shown.current !== page) main.current?.focus();
    shown.current = page;
  }, [page]);
  return (
    <div className={style["shell"]}>
      <a className={style["skip"]} href="#content">
        {text.shell.skip}
      </a>
      <header className={style["bar"]}>
        <Link href="/" className={style["name"]}>
          <Mark />
          {text.shell.name}
        </Link>
        <button type="button" className={`button ${style["menu"]}`} data-kind="bare" aria-expanded={isOpen} aria-controls="pages" onClick={() => setOpen(!isOpen)}>
          {isOpen ? <X aria-hidden /> : <Menu aria-hidden />}
          {text.shell.menu}
        </button>
        <div className={style["truth"]}>
          <ActiveFaults />
          <Hearing />
        </div>
      </header>
      <nav id="pages" className={style["pages"]} aria-label={text.shell.menu} data-open={isOpen}>
        <Places title={text.shell.lab} all={labPages} page={page} />
        <SystemPlaces page={page} />
        <ThemeChoice />
      </nav>
      <main id="content" ref={main} tabIndex={-1} className={style["main"]}>
        {children}
      </main>
      <Announcer />
    </div>
  );
}

function SystemPlaces({ page }: { page: Page | undefined }) {
  const systems = useLive((state) => state.systems);
  const shown = systemPages.filter((one) => one === page || systems.includes(one.system ?? ""));
  return shown.length === 0 ? null : <Places title={text.shell.systems} all={shown} page={page} />;
}

function Places({ title, all, page }: { title: string; all: readonly Page[]; page: Page | undefined }) {
  return (
    <div>
      <p className={style["heading"]}>{title}</p>
      <ul>
        {all.map((one) => (
          <li key={one.path}>
            <Link href={one.path} className={style["place"]} aria-current={one === page ? "page" : undefined}>
              <one.icon aria-hidden />
              {one.title}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
