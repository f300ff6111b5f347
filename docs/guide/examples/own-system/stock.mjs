// Reserves items for orders. With IDEMPOTENT=no a request that comes again reserves again.
import { Journal } from './journal.mjs';
import { serve } from './web.mjs';

const journal = new Journal(`${process.env.DATA}/reservations.jsonl`);
const isIdempotent = process.env.IDEMPOTENT !== 'no';

serve(process.env.PORT, {
  'GET /health': () => [200, {}],
  'GET /reservations': () => [200, { reservations: journal.rows }],
  'POST /reservations': ({ item, quantity }, headers) => {
    const order = headers['idempotency-key'];
    const known = isIdempotent && journal.rows.find((row) => row.order === order);
    if (!known) journal.add({ order, item, quantity });
    return [201, { order }];
  },
}, () => journal.close());
