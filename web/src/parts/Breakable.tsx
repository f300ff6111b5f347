import { Fragment } from "react";

/** Text whose long names break after a dot, a slash or the like where a narrow window needs it, and not in the middle of a word. */
export function Breakable({ children }: { children: string }) {
  return children.split(/(?<=[./~:])(?=[a-z])/i).map((part, index) => (
    <Fragment key={`${index}-${part}`}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
