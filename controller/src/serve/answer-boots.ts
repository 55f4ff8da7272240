import { CONSOLE_CHARACTERS_MAX, SCREENSHOT_BYTES_MAX } from "@stickfarm/common/media/boot-proof";
import { fail, ok } from "@stickfarm/common/result";
import { bootFromWire, bootToWire } from "@stickfarm/common/wire/boot";
import type { BootView, RecordBootRequest } from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { BootEntry } from "../store/boots-store.ts";
import type { Farm } from "./farm.ts";
import { mediaUnknown } from "./plan-media.ts";

type Answers = Pick<OperatorAnswers, "recordBoot" | "getBoot">;

export function answerBoots(farm: Farm): Answers {
  return {
    recordBoot: async (request) => {
      const { name, revision, console } = request;
      const problem = whyNotKept(request);
      if (problem !== null) return fail(problem);
      const proof = bootFromWire(request.boot);
      if (!proof.ok) return proof;
      if (revision === 0 || (await farm.store.definitions.find(name, revision)) === null)
        return fail(mediaUnknown(name, revision));
      const screenshot = request.screenshot.length === 0 ? null : request.screenshot;
      const record = { proof: proof.value, console, screenshot };
      const entry = await farm.store.boots.add({ name, revision }, record, farm.nowMs());
      const { firmware, verdict } = proof.value;
      farm.log.info({ name, revision, firmware, verdict }, "boot recorded");
      return ok({ boot: viewBoot(entry) });
    },
    getBoot: async ({ name, revision, number }) => {
      const media = await farm.store.definitions.find(name, revision);
      if (media === null) return fail(mediaUnknown(name, revision));
      const found = await farm.store.boots.find(media, number);
      if (found === null)
        return fail({
          code: "boot_unknown",
          detail: `Cannot find boot ${number === 0 ? "" : `${number} `}of "${name}@${media.revision}": it was not made or is no longer kept`,
        });
      const { console, screenshot } = found.record;
      return ok({
        boot: viewBoot(found.entry),
        console,
        screenshot: Buffer.from(screenshot ?? []),
      });
    },
  };
}

export function viewBoot({ proof, ...kept }: BootEntry): BootView {
  return bootToWire(proof, kept);
}

const PNG = Buffer.from("\u0089PNG\r\n\u001a\n", "latin1");

function whyNotKept({ console: text, screenshot }: RecordBootRequest) {
  if (text.length > CONSOLE_CHARACTERS_MAX)
    return {
      code: "usage",
      detail: `Cannot keep the boot: its console has ${text.length} characters, must have at most ${CONSOLE_CHARACTERS_MAX}`,
    } as const;
  if (screenshot.length > SCREENSHOT_BYTES_MAX)
    return {
      code: "usage",
      detail: `Cannot keep the boot: its picture has ${screenshot.length} bytes, must have at most ${SCREENSHOT_BYTES_MAX}`,
    } as const;
  if (screenshot.length > 0 && !screenshot.subarray(0, PNG.length).equals(PNG))
    return {
      code: "usage",
      detail: "Cannot keep the boot: its picture is no PNG, it must be one",
    } as const;
  return null;
}
