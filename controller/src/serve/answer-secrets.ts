import { fail, ok } from "@stickfarm/common/result";
import { Secret } from "@stickfarm/common/secret";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Farm } from "./farm.ts";

const NAME = /^[a-z0-9](?:[a-z0-9/-]{0,125}[a-z0-9])?$/;
const VALUE_BYTES_MAX = 4096;

type Answers = Pick<OperatorAnswers, "setSecret" | "listSecrets" | "removeSecret">;

/** Values go in and are sealed at once; none ever comes out through here. */
export function answerSecrets(farm: Farm): Answers {
  return {
    setSecret: async ({ name, value }) => {
      if (!NAME.test(name))
        return fail({
          code: "name_invalid",
          detail: `Cannot set secret "${name}": that is no name`,
        });
      if (value.length < 1 || value.length > VALUE_BYTES_MAX)
        return fail({
          code: "usage",
          detail: `Cannot set secret "${name}": its value has ${value.length} bytes, it must have 1 to ${VALUE_BYTES_MAX}`,
        });
      const secret = new Secret(value);
      const seal = (version: number) => farm.secretBox.seal({ name, version }, secret);
      await farm.store.secrets.set(name, seal, farm.nowMs());
      return ok({});
    },
    listSecrets: async () => ok({ secrets: [...(await farm.store.secrets.list())] }),
    removeSecret: async ({ name }) => {
      const removed = await farm.store.secrets.remove(name);
      if (removed) return ok({});
      return fail({
        code: "secret_unknown",
        detail: `Cannot remove secret "${name}": there is none`,
      });
    },
  };
}
