import { ok } from "@stickfarm/common/result";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Farm } from "./farm.ts";

const LISTED_MAX = 1000;

/** Which certificates the sticks carry, and until when. */
export function answerCertificates(farm: Farm): Pick<OperatorAnswers, "listMediaCertificates"> {
  return {
    listMediaCertificates: async () => {
      const listed = await farm.store.certificates.list(LISTED_MAX);
      const certificates = listed.map(({ facts, buildIds, ...entry }) => ({
        ...facts,
        ...entry,
        buildIds: [...buildIds],
      }));
      return ok({ certificates });
    },
  };
}
