import { useMutation } from "@tanstack/react-query";
import type { ActiveFault } from "../live/reducer";
import { anything } from "./decode";
import { ask, Refusal } from "./http";
import { lab } from "./lab";

/** Clears everything that is broken on purpose. */
export function useClearFaults() {
  return useMutation({
    mutationFn: async () => {
      const { removed, problems } = await lab("ClearFaults");
      if (problems && problems.length > 0) throw new Refusal(409, "faults.left", problems.join(" "));
      return removed;
    },
  });
}

/** Takes one fault away, by the request that the lab named for it. */
export function useRemoveFault() {
  return useMutation({
    mutationFn: (fault: ActiveFault) =>
      ask(fault.remove.path, anything, { method: fault.remove.method as "DELETE" | "POST", ...(fault.remove.body ? { body: fault.remove.body } : {}) }),
  });
}
