import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Line, placeOrder } from "./api";

/** Places an order, and tells how often there was no answer. */
export function useOrder(customerId: string) {
  const data = useQueryClient();
  const [state, setState] = useState<{ tries: number; isSending: boolean; error: unknown; key: string | null; orderId: string | null }>({ tries: 0, isSending: false, error: null, key: null, orderId: null });
  const place = async (items: readonly Line[]) => {
    const key = crypto.randomUUID();
    setState({ tries: 0, isSending: true, error: null, key, orderId: null });
    try {
      const orderId = await placeOrder(customerId, items, key, (tries) => setState((known) => ({ ...known, tries })));
      setState((known) => ({ ...known, isSending: false, orderId }));
    } catch (error) {
      setState((known) => ({ ...known, isSending: false, error }));
    }
    await data.invalidateQueries({ queryKey: ["restaurant"] });
  };
  return { ...state, place };
}
