import { tmpdir } from "node:os";
import { Option } from "@commander-js/extra-typings";
import { parseDuration, renderElapsed } from "@stickfarm/common/durations";
import {
  FIRMWARES,
  type Firmware,
  PATTERN_CHARACTERS_MAX,
} from "@stickfarm/common/media/boot-proof";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { findTool } from "@stickfarm/common/rim/tools";
import { sanitizeLines } from "@stickfarm/common/sanitize-text";
import { parseMediaRef } from "../argument/parse-media-ref.ts";
import { type BootOrder, type BootReport, bootMedia } from "../boot/boot-media.ts";
import type { Controller } from "../connect/controller.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { startProgressLine } from "../shell/progress-line.ts";
import { type Session, say } from "../shell/session.ts";
import { EXIT_INTERRUPTED, type Shell } from "../shell/shell.ts";

export function mediaBootCommand(shell: Shell) {
  return newCommand(shell, {
    name: "boot",
    description:
      "Boot media in a virtual machine of QEMU, before any stick is written.\n\nThe media is laid out into a file that is as a stick would be, and nothing that the machine does changes it. With --expect exit status 0 means that the pattern was on the serial console; 1, that it was not in time or that the firmware found nothing to start. Without --expect nothing is proven: look at the picture. Console and picture are kept with the revision: media show.",
    examples: [
      "stickfarm media boot rescue --firmware bios --expect 'login:'",
      "stickfarm media boot hq-bare-metal@3 --firmware secureboot --screenshot hq.png --timeout 300s",
    ],
  })
    .argument("<name[@revision]>", "media; the newest revision unless named")
    .addOption(
      new Option("--firmware <firmware>", "what the machine starts with")
        .choices(FIRMWARES)
        .default("uefi" as const),
    )
    .option("--expect <pattern>", "regular expression to be seen on the serial console")
    .option("--timeout <duration>", "how long to wait: 120 or 120s, 5m", "180s")
    .option("--screenshot <file>", "write a picture of the screen, PNG")
    .option(
      "--work <folder>",
      "where the file is put meanwhile; twice the media's size is needed",
      tmpdir(),
    )
    .option("--kvm", "use the machine's hardware virtualisation: faster, where it works")
    .action((text, options, command) =>
      shell.ask(command, (session, controller) => boot(session, controller, { text, ...options })),
    );
}

type Options = {
  readonly text: string;
  readonly firmware: Firmware;
  readonly expect?: string;
  readonly timeout: string;
  readonly screenshot?: string;
  readonly work: string;
  readonly kvm?: true;
};

async function boot(
  session: Session,
  controller: Controller,
  options: Options,
): Promise<Result<number>> {
  const order = parseOrder(options);
  if (!order.ok) return order;
  const interrupted = new AbortController();
  const stopListening = session.io.onInterrupt(() => interrupted.abort());
  const progress = startProgressLine(session);
  const { signal } = interrupted;
  try {
    const place = { progress, signal, findTool: findToolOf(session) };
    const report = await bootMedia(controller, order.value, place);
    if (!report.ok && signal.aborted) {
      say(session, "Stopped, nothing was kept");
      return ok(EXIT_INTERRUPTED);
    }
    return report.ok ? answerReport(session, order.value, report.value) : report;
  } finally {
    progress.clear();
    stopListening();
  }
}

function findToolOf({ io }: Session): typeof findTool {
  return (name) => findTool(name, io.env["PATH"] ?? "");
}

function parseOrder(options: Options): Result<BootOrder> {
  const { text, firmware, expect, timeout, screenshot, work, kvm } = options;
  const media = parseMediaRef(text);
  if (!media.ok) return media;
  const limit = parseDuration(/^\d+$/.test(timeout) ? `${timeout}s` : timeout);
  if (!limit.ok) return limit;
  const expected = parseExpected(expect);
  if (!expected.ok) return expected;
  return ok({
    media: media.value,
    firmware,
    expected: expected.value,
    limitMs: limit.value,
    kvm: kvm === true,
    screenshotPath: screenshot ?? null,
    workFolder: work,
  });
}

/** Problems: usage. */
function parseExpected(text: string | undefined): Result<BootOrder["expected"]> {
  if (text === undefined) return ok(null);
  if (text === "" || text.length > PATTERN_CHARACTERS_MAX)
    return fail({
      code: "usage",
      detail: `Cannot look for the pattern: it has ${text.length} characters, must have 1 to ${PATTERN_CHARACTERS_MAX}`,
    });
  try {
    return ok({ text, pattern: new RegExp(text, "m") });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ code: "usage", detail: `Cannot look for the pattern "${text}": ${why}` });
  }
}

const CONSOLE_LINES_SHOWN = 15;

function answerReport(session: Session, order: BootOrder, report: BootReport): Result<number> {
  const { media, outcome, boot } = report;
  const { verdict } = outcome;
  if (!outcome.picture.ok) say(session, `No picture: ${outcome.picture.problem.detail}`);
  const name = `${media.name}@${media.revision}`;
  writeAnswer(session, { name: media.name, revision: media.revision, ...boot }, () =>
    verdict === "seen" || verdict === "watched" ? `${describe(name, order, report)}\n` : "",
  );
  if (verdict === "seen" || verdict === "watched") return ok(0);
  const lines = sanitizeLines(outcome.console).trimEnd().split("\n");
  say(session, lines.slice(-CONSOLE_LINES_SHOWN).join("\n"));
  const why =
    verdict === "nothingBoots"
      ? "the firmware found nothing to start, it must find a loader"
      : `"${order.expected?.text}" was not on the console in ${renderElapsed(outcome.elapsedMs)}, it must be`;
  return fail({
    code: "boot_failed",
    detail: `Cannot prove that "${name}" boots with ${order.firmware}: ${why}; boot ${boot.number} of it keeps console and picture`,
  });
}

function describe(name: string, { firmware, expected }: BootOrder, { outcome, boot }: BootReport) {
  const after = renderElapsed(outcome.elapsedMs);
  const kept = `boot ${boot.number} of it keeps console and picture`;
  if (expected === null)
    return `${name} ran with ${firmware} for ${after}, nothing was looked for; ${kept}`;
  return `${name} boots with ${firmware}: "${expected.text}" was on the console after ${after}; ${kept}`;
}
