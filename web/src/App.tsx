import { Component, type ReactNode, Suspense } from "react";
import { Systems, type SystemSide } from "./parts/Beside";
import { Note } from "./parts/Tone";
import { pageOf, pages } from "./pages";
import { Link } from "./router/Link";
import { usePlace } from "./router/location";
import { Situation } from "./shell/Hearing";
import { Shell } from "./shell/Shell";
import { text } from "./text";

const systems: Readonly<Record<string, SystemSide>> = Object.fromEntries(pages.flatMap((page) => (page.system ? [[page.system, { beside: page.beside, doors: page.doors ?? [] }]] : [])));

export function App() {
  const { path } = usePlace();
  const page = pageOf(path);
  return (
    <Systems value={systems}>
      <Shell page={page}>
        <Situation />
        <Failure key={page?.path}>
          <Suspense fallback={<p className="soft">{text.common.loading}</p>}>{page ? <page.view /> : <NoPage />}</Suspense>
        </Failure>
      </Shell>
    </Systems>
  );
}

function NoPage() {
  return (
    <div className="stack">
      <h1>{text.shell.noPage}</h1>
      <p>
        <Link href="/">{text.shell.toMap}</Link>
      </p>
    </div>
  );
}

/** A page that fails takes nothing with it but itself. */
class Failure extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Note tone="violated">
        <p>{text.shell.failed}</p>
        <p>
          <button type="button" className="button" onClick={() => window.location.reload()}>
            {text.shell.reload}
          </button>
        </p>
      </Note>
    );
  }
}
