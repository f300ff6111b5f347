import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem } from "../../parts/Problem";
import { Note } from "../../parts/Tone";
import { Link } from "../../router/Link";
import { text } from "../../text";
import { listProducts } from "./api";
import { amountOf, another, customer, sumOf } from "./customer";
import { Orders } from "./Orders";
import style from "./Restaurant.module.css";
import { useOrder } from "./useOrder";

/** The restaurant as a guest sees it: menu, order, and what was ordered. */
export default function RestaurantPage() {
  const [guest, setGuest] = useState(customer);
  const words = text.restaurant;
  return (
    <div className="stack">
      <div className="row" data-spread>
        <h1>{words.title}</h1>
        <span className="row small soft">
          {words.guest} <code>{guest}</code>
          <button type="button" className="button" onClick={() => setGuest(another())}>
            {words.another}
          </button>
        </span>
      </div>
      <p className="lead soft">{words.lead}</p>
      <div className={style["page"]}>
        <Menu key={guest} guest={guest} />
        <div className="panel">
          <Orders guest={guest} />
        </div>
      </div>
    </div>
  );
}

function Menu({ guest }: { guest: string }) {
  const words = text.restaurant;
  const products = useQuery({ queryKey: ["restaurant-menu"], queryFn: listProducts });
  const [chosen, setChosen] = useState<Readonly<Record<string, number>>>({});
  const order = useOrder(guest);
  const lines = Object.entries(chosen)
    .filter(([, quantity]) => quantity > 0)
    .map(([id, quantity]) => ({ id, quantity }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void order.place(lines).then(() => setChosen({}));
  };
  return (
    <form className="panel stack" onSubmit={submit} aria-label={words.menu}>
      <h2>{words.menu}</h2>
      <Problem error={products.error} again={() => void products.refetch()} />
      <ul className={style["menu"]}>
        {(products.data ?? []).map((product) => (
          <li key={product.id}>
            <label htmlFor={`q-${product.id}`}>{words.products[product.id] ?? product.id}</label>
            <span className="soft">{amountOf(product.price)}</span>
            <input id={`q-${product.id}`} type="number" min={0} max={99} value={chosen[product.id] ?? 0} onChange={(event) => setChosen({ ...chosen, [product.id]: Number(event.target.value) })} />
          </li>
        ))}
      </ul>
      {order.isSending && order.tries > 0 && (
        <Note tone="degraded" live>
          {words.noAnswerYet(order.tries)}
        </Note>
      )}
      <Problem error={order.error} />
      {order.orderId && (
        <Note tone="healthy" live>
          <p>{words.ordered}</p>
          <p>
            <Link href={`/journeys/${order.key}`}>{text.map.journey}</Link>
          </p>
        </Note>
      )}
      <div className="row" data-spread>
        <span>{words.sum(amountOf(sumOf(chosen, products.data ?? [])))}</span>
        <button type="submit" className="button" data-kind="first" disabled={order.isSending || lines.length === 0}>
          {order.isSending ? words.ordering : words.order}
        </button>
      </div>
    </form>
  );
}
