import { type Decoded, list, number, object, text } from "../../api/decode";
import { ask } from "../../api/http";
import { pause, stubborn } from "../../api/stubborn";

const product = object({ id: text, price: number });
const order = object({ orderId: text, customerId: text, placedAt: text, discountPercentage: number, amount: number, items: list(object({ id: text, quantity: number, price: number })) });

export type Product = Decoded<typeof product>;
export type Order = Decoded<typeof order>;
export interface Line {
  id: string;
  quantity: number;
}

const attempt = { timeoutMs: 8_000 };

export function listProducts(): Promise<Product[]> {
  return ask("/apps/restaurant/menu/products", list(product), attempt);
}

/** Orders until there is an answer, always with the same key: one order, however often it is sent. */
export async function placeOrder(customerId: string, items: readonly Line[], key: string, told: (tries: number) => void): Promise<string> {
  const once = () => ask("/apps/restaurant/orders/orders", object({ orderId: text }), { method: "POST", body: { customerId, items }, headers: { "Idempotency-Key": key }, ...attempt });
  return (await stubborn(once, told, undefined, pause)).orderId;
}

export function ordersOf(customerId: string): Promise<Order[]> {
  return ask(`/apps/restaurant/orders/orders?customerId=${encodeURIComponent(customerId)}`, list(order), attempt);
}
