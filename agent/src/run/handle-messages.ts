import type { Log } from "@stickfarm/common/log";
import { orderFromWire } from "@stickfarm/common/wire/attempt";
import { problemToWire } from "@stickfarm/common/wire/problem";
import type { AttachResponse, Desired } from "@stickfarm/proto/stickfarm/v1/agent";
import type { ControllerLink } from "../grpc/controller-link.ts";
import type { LocateOrder, Locator } from "./locate-drives.ts";
import type { OrderDesk } from "./order-desk.ts";
import type { Pictures } from "./pictures.ts";

export type MessageParts = {
  readonly desk: OrderDesk;
  readonly reports: { readonly wake: () => void };
  readonly pictures: Pictures;
  readonly locator: Locator;
  readonly send: ControllerLink["send"];
  readonly log: Log;
};

/** What the agent does with each message of the controller: one after the other, in the order in which they came. */
export function handleControllerMessages(
  parts: MessageParts,
): (message: AttachResponse["message"]) => void {
  let tail: Promise<void> = Promise.resolve();
  let generationSeen = 0;
  const desire = async (desired: Desired): Promise<void> => {
    // A full list opens a session and may repeat; anything else that is not newer was overtaken.
    if (!desired.full && desired.generation <= generationSeen) return;
    generationSeen = Math.max(generationSeen, desired.generation);
    for (const wire of desired.orders) {
      const order = orderFromWire(wire);
      if (order.ok) await parts.desk.take(order.value);
      else parts.log.error({ detail: order.problem.detail }, "order not understood");
    }
  };
  /** Nothing else waits for it. */
  const locate = async (order: LocateOrder): Promise<void> => {
    const problem = await parts.locator.take(order);
    const told = problem === null ? undefined : problemToWire(problem);
    const { locateId, seconds } = order;
    if (seconds > 0) parts.send({ $case: "locateEnded", value: { locateId, problem: told } });
  };
  const handle = async (message: AttachResponse["message"]): Promise<void> => {
    switch (message?.$case) {
      case "welcome":
        parts.pictures.point(message.value);
        parts.desk.askAgain();
        parts.reports.wake();
        return;
      case "desired":
        return desire(message.value);
      case "leaseGrant":
        return parts.desk.grantLease(message.value);
      case "cancelAttempt":
        return parts.desk.cancel(message.value);
      case "locate":
        locate(message.value).catch((error: unknown) =>
          parts.log.error({ err: error }, "drive not located"),
        );
        return;
      // A message of a newer controller, which it does not need to be understood.
      case undefined:
        return;
    }
  };
  return (message) => {
    tail = tail
      .then(() => handle(message))
      .catch((error: unknown) => parts.log.error({ err: error }, "message not handled"));
  };
}
