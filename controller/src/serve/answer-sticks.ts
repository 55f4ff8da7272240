import { foldStick, type StickAttempt } from "@stickfarm/common/build/stick-record";
import { fail, ok } from "@stickfarm/common/result";
import { stickHistoryToWire, stickViewToWire } from "@stickfarm/common/wire/stick";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Farm } from "./farm.ts";

const STICKS_LISTED_MAX = 1000;

/** What was done to sticks, from the results that are stored. */
export function answerSticks(farm: Farm): Pick<OperatorAnswers, "listSticks" | "getStick"> {
  return {
    listSticks: async () => {
      const histories = await farm.store.sticks.list(STICKS_LISTED_MAX);
      const records = histories.map(foldStick).filter((record) => record !== null);
      return ok({ sticks: records.map(stickViewToWire) });
    },
    getStick: async ({ name }) => {
      const found = (await inBay(farm, name)) ?? (await farm.store.sticks.find(name));
      const sticks = found.map(stickHistoryToWire).filter((stick) => stick !== null);
      if (sticks.length > 0) return ok({ sticks });
      return fail({
        code: "stick_not_recorded",
        detail: `Cannot show the stick "${name}": no attempt at one of this serial, id or bay has ended`,
      });
    },
  };
}

/** Of the stick that is in this bay now; `null` when no agent shows such a bay. */
async function inBay(
  farm: Farm,
  name: string,
): Promise<readonly (readonly StickAttempt[])[] | null> {
  for (const { name: agent, drives } of farm.sessions.list()) {
    const drive = drives.find(({ bay }) => `${agent}/${bay}` === name);
    if (drive !== undefined) return [await farm.store.sticks.history({ agent, consent: drive })];
  }
  return null;
}
