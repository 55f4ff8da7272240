import { setMaxListeners } from "node:events";
import type { Result } from "@stickfarm/common/result";
import { fail } from "@stickfarm/common/result";
import { canceled, isCanceled } from "@stickfarm/common/rim/cancel";

/** Work that several want the result of: it is done once, and all hear how far it is. */
export type Flights = {
  /**
   * Wait for the work of this key, beginning it if nobody has. Who comes late hears at once how far it is.
   *
   * Who leaves by `signal` gets `canceled`; the work goes on for the others. The last one to leave stops it and waits
   * until it has ended, so that nothing goes on behind his back.
   */
  readonly join: (key: string, work: Work, traveller: Traveller) => Promise<Result<void>>;
};

export type Work = (
  /** Bytes done since the beginning; falls when something has to be done again. */
  report: (doneBytes: number) => void,
  signal: AbortSignal,
) => Promise<Result<void>>;

export type Traveller = {
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
};

type Flight = {
  readonly landed: Promise<Result<void>>;
  readonly stop: AbortController;
  readonly travellers: Set<Traveller>;
  doneBytes: number;
};

export function openFlights(): Flights {
  const flights = new Map<string, Flight>();

  const takeOff = (key: string, work: Work): Flight => {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const travellers = new Set<Traveller>();
    const report = (doneBytes: number): void => {
      flight.doneBytes = doneBytes;
      for (const { onProgress } of travellers) onProgress(doneBytes);
    };
    const landed = work(report, stop.signal).finally(() => flights.delete(key));
    const flight: Flight = { landed, stop, travellers, doneBytes: 0 };
    flights.set(key, flight);
    return flight;
  };

  return {
    join: async (key, work, traveller) => {
      for (let flight = flights.get(key); flight?.stop.signal.aborted === true; ) {
        // One that is being stopped is nothing to join; what it leaves behind is.
        await flight.landed;
        flight = flights.get(key);
      }
      const doing = `Cannot wait for content ${key}`;
      if (isCanceled(traveller.signal)) return fail(canceled(doing));
      const flight = flights.get(key) ?? takeOff(key, work);
      return travel(flight, traveller, doing);
    },
  };
}

async function travel(flight: Flight, traveller: Traveller, doing: string): Promise<Result<void>> {
  flight.travellers.add(traveller);
  if (flight.doneBytes > 0) traveller.onProgress(flight.doneBytes);
  let leave = (): void => undefined;
  const left = new Promise<Result<void>>((resolve) => {
    leave = () => resolve(fail(canceled(doing)));
  });
  traveller.signal.addEventListener("abort", leave);
  try {
    return await Promise.race([flight.landed, left]);
  } finally {
    traveller.signal.removeEventListener("abort", leave);
    flight.travellers.delete(traveller);
    if (flight.travellers.size === 0) {
      flight.stop.abort();
      await flight.landed;
    }
  }
}
