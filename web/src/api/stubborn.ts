import { Refusal } from "./http";

const triesMax = 60;
const pauseMs = 1_000;

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Tries as a customer does, until there is an answer; what was refused for good is not tried again. */
export async function stubborn<T>(once: () => Promise<T>, told: (tries: number) => void, stop?: AbortSignal, wait: (ms: number) => Promise<void> = pause): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await once();
    } catch (error) {
      if (stop?.aborted || tries >= triesMax || !(error instanceof Refusal) || !error.isPassing) throw error;
      told(tries);
      await wait(pauseMs);
    }
  }
}
