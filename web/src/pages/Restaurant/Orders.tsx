import { useQuery } from "@tanstack/react-query";
import { Age } from "../../parts/Age";
import { Problem } from "../../parts/Problem";
import { VirtualList } from "../../parts/VirtualList";
import { text } from "../../text";
import { ordersOf } from "./api";
import { amountOf } from "./customer";
import style from "./Restaurant.module.css";

/** What a guest has ordered, newest first. */
export function Orders({ guest, height = "50vh" }: { guest: string; height?: string }) {
  const words = text.restaurant;
  const orders = useQuery({ queryKey: ["restaurant", "orders", guest], queryFn: () => ordersOf(guest), refetchInterval: 2_000 });
  const newest = [...(orders.data ?? [])].reverse();
  return (
    <section className="stack" data-gap="small">
      <h2>{words.orders}</h2>
      {orders.error && <Problem error={orders.error} />}
      {orders.data && newest.length === 0 && <p className="soft">{words.none}</p>}
      {newest.length > 0 && (
        <VirtualList items={newest} keyOf={(order) => order.orderId} rowHeight={56} label={words.orders} height={height}>
          {(order) => (
            <div className={style["order"]}>
              <span>{order.items.map((item) => `${item.quantity} ${words.products[item.id] ?? item.id}`).join(", ")}</span>
              <strong>{amountOf(order.amount)}</strong>
              <span className="small soft">
                <Age at={order.placedAt} />
              </span>
              <span className="small soft">{order.discountPercentage > 0 ? words.discount(Math.round(order.discountPercentage * 100)) : ""}</span>
            </div>
          )}
        </VirtualList>
      )}
    </section>
  );
}
