const place = "faultline.restaurant.customer";

/** The customer of this browser: a new one has no orders and no discount yet. */
export function customer(): string {
  const known = localStorage.getItem(place);
  return known ?? another();
}

export function another(): string {
  const id = `guest-${crypto.randomUUID().slice(0, 8)}`;
  localStorage.setItem(place, id);
  return id;
}

/** "12.50" of an amount. */
export function amountOf(value: number): string {
  return value.toFixed(2);
}

/** What an order will cost without a discount. Pure. */
export function sumOf(chosen: Readonly<Record<string, number>>, prices: readonly { id: string; price: number }[]): number {
  return prices.reduce((sum, product) => sum + product.price * (chosen[product.id] ?? 0), 0);
}
