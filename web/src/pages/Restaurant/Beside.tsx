import { useState } from "react";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { customer } from "./customer";
import { Orders } from "./Orders";
import { useOrder } from "./useOrder";

const usual = [
  { id: "burger", quantity: 2 },
  { id: "fries", quantity: 1 },
];

/** The guest beside the map: one press orders; below stands what the guest sees. */
export default function BesideRestaurant() {
  const [guest] = useState(customer);
  const order = useOrder(guest);
  const words = text.restaurant;
  return (
    <section className="panel stack" aria-label={text.map.beside}>
      <div className="row" data-spread>
        <h2>{text.map.beside}</h2>
        <button type="button" className="button" data-kind="first" disabled={order.isSending} onClick={() => void order.place(usual)}>
          {order.isSending ? words.ordering : words.orderUsual}
        </button>
      </div>
      {order.isSending && order.tries > 0 && (
        <Note tone="degraded" live>
          {words.noAnswerYet(order.tries)}
        </Note>
      )}
      <Problem error={order.error} />
      <Orders guest={guest} height="14rem" />
      <p className="small">
        <Link href="/restaurant">{words.wholeMenu}</Link>
      </p>
    </section>
  );
}
