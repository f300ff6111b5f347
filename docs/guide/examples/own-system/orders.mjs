// Takes orders, and has stock reserve what is ordered. With WRITE=later an order is acknowledged before it is on disk.
import { Journal } from './journal.mjs';
import { serve } from './web.mjs';

const journal = new Journal(`${process.env.DATA}/orders.jsonl`, process.env.WRITE === 'later' ? 100 : 1);
const underWay = new Map(); // Orders that are being placed: the same one sent twice at the same time is placed once.

async function reserve(order) {
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await fetch(`${process.env.STOCK}/reservations`, {
        method: 'POST',
        headers: { 'Idempotency-Key': order.id, 'fl-operation': order.id },
        body: JSON.stringify({ item: order.item, quantity: order.quantity }),
        signal: AbortSignal.timeout(1000),
      });
      if (reply.status === 201) return;
      throw new Error(`stock answered ${reply.status}`);
    } catch (error) {
      // It may have been done, and the reply lost: the same key makes the next attempt harmless.
      if (attempt === 10) throw error;
      await new Promise((go) => setTimeout(go, 100));
    }
  }
}

async function place(order) {
  await reserve(order);
  journal.add(order);
  return [201, { id: order.id }];
}

serve(process.env.PORT, {
  'GET /health': () => [200, {}],
  'GET /orders': () => [200, { orders: journal.rows }],
  'POST /orders': ({ item, quantity }, headers) => {
    const id = headers['idempotency-key'];
    if (!id || !(quantity > 0)) return [400, { problem: 'an order needs an Idempotency-Key and a quantity above 0' }];
    if (journal.rows.some((row) => row.id === id)) return [201, { id }];
    if (!underWay.has(id)) underWay.set(id, place({ id, item, quantity }).finally(() => underWay.delete(id)));
    return underWay.get(id);
  },
}, () => journal.close());
