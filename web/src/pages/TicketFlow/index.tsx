import { useState } from "react";
import { Field } from "../../parts/Field";
import { Link } from "../../router/Link";
import { usePlace } from "../../router/location";
import { text } from "../../text";
import { Customer } from "./Customer";
import { Desk } from "./Desk";
import { InquiryPage } from "./InquiryPage";
import style from "./TicketFlow.module.css";
import { chooseLanguage, chosenLanguage, Language, languages, useWords } from "./words";

/** TicketFlow as its people see it: the customer and the service desk. */
export default function TicketFlowPage() {
  const { path } = usePlace();
  const [, , where, id, link] = path.split("/");
  const [language, setLanguage] = useState(chosenLanguage);
  const isDesk = where === "desk";
  return (
    <Language value={language}>
      <div className="stack">
        <div className="row" data-spread>
          <ul className={style["sides"]}>
            {[
              ["/ticketflow", text.ticketflow.customer, !isDesk] as const,
              ["/ticketflow/desk", text.ticketflow.desk, isDesk] as const,
            ].map(([href, name, isHere]) => (
              <li key={href}>
                <Link href={href} className="button" data-kind={isHere ? undefined : "bare"} aria-current={isHere}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
          {!isDesk && (
            <Languages
              language={language}
              choose={(next) => {
                chooseLanguage(next);
                setLanguage(next);
              }}
            />
          )}
        </div>
        <div lang={isDesk ? "en" : language}>{isDesk ? <Desk ticket={id ?? null} /> : where === "inquiry" && id && link ? <InquiryPage key={id} id={id} link={link} /> : <Customer />}</div>
      </div>
    </Language>
  );
}

function Languages({ language, choose }: { language: string; choose: (language: string) => void }) {
  const words = useWords();
  return (
    <Field label={words.language}>
      <select value={language} onChange={(event) => choose(event.target.value)}>
        {Object.entries(languages).map(([code, one]) => (
          <option key={code} value={code} lang={code}>
            {one.name}
          </option>
        ))}
      </select>
    </Field>
  );
}
