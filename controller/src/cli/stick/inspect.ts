import { renderBytes } from "@stickfarm/common/bytes";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { renderFields } from "../output/render-fields.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { withProgress } from "../shell/with-progress.ts";
import { compareRecord, type RecordAnswer } from "./compare-record.ts";
import { inspectImage, readTailStamps } from "./inspect-image.ts";
import { inspectStick } from "./inspect-stick.ts";
import type { Inspection, StickFinding } from "./inspection.ts";
import { readFarmKey } from "./read-farm-key.ts";
import { readStick } from "./read-stick.ts";

export function stickInspectCommand(shell: Shell) {
  return newCommand(shell, {
    name: "inspect",
    description:
      "Read all files of a stick, or its whole image, and tell whether they are what was built: intact, changed, unsealed or foreign. An image that was written by a block map is intact when all that was written is right; where the image is not zero in what its map leaves out, it is unproven.\n\nThe signatures of its manifest and passport are checked with the farm's key, each file with the digest in the manifest, partition table and boot code with what the build laid out. What was not compared is said. A stick or an image of one is only read. When the controller can be reached, its record of the stick is compared as well. What the settings are is told by stick open.",
    examples: ["stickfarm stick inspect /dev/sdb", "stickfarm stick inspect stick.img -o json"],
  })
    .argument("<path>", "stick, or image of one")
    .option(
      "--farm-key <file>",
      "public key that the farm signs with; else trust/signing.pub of this machine's farm",
    )
    .action((path, { farmKey }, command) =>
      shell.askIfPossible(command, (session, controller) =>
        inspect(session, controller, { path, farmKey }),
      ),
    );
}

type Answer = Inspection & { readonly path: string; readonly record: RecordAnswer };

async function inspect(
  session: Session,
  controller: Result<Controller>,
  { path, farmKey }: { readonly path: string; readonly farmKey: string | undefined },
): Promise<Result<number>> {
  const key = await readFarmKey(session, farmKey);
  if (!key.ok) return key;
  const farmKeyPem = key.value;
  if (farmKeyPem === null) {
    const detail = `Cannot inspect "${path}": the farm's key is not at hand, must be named by --farm-key`;
    return fail({ code: "usage", detail });
  }
  let answer: Answer | null = null;
  const ended = await withProgress(session, "the stick was not read to its end", (step) =>
    readStick(path, async (read, { sizeBytes }) => {
      const onRead = (doneBytes: number, totalBytes: number) =>
        step.progress.show({ doing: "reading", doneBytes, totalBytes });
      const { signal } = step;
      const inspecting = { path, farmKeyPem, signal, onRead };
      const stamps = await readTailStamps(read, sizeBytes);
      const made =
        stamps === null
          ? await inspectStick(read, inspecting)
          : await inspectImage(read, stamps, inspecting);
      if (!made.ok) return made;
      answer = { path, ...made.value, record: await askRecord(controller, made.value) };
      return ok(0);
    }),
  );
  if (!ended.ok || answer === null) return ended;
  const shown: Answer = answer;
  writeAnswer(session, shown, () => renderInspection(shown, session));
  return judge(shown);
}

async function askRecord(
  controller: Result<Controller>,
  { passport }: Inspection,
): Promise<RecordAnswer> {
  if (passport === null) return { result: "not asked", why: "it has no passport of this farm" };
  const name = passport.stickId;
  const response = controller.ok
    ? await controller.value.call(OperatorServiceService.getStick, { name })
    : controller;
  if (response.ok) return compareRecord(passport, response.value.sticks);
  if (response.problem.code === "stick_not_recorded") return compareRecord(passport, []);
  return { result: "not asked", why: response.problem.detail };
}

const NAMED_MAX = 5;

function judge({ path, verdict, findings, notCompared }: Answer): Result<number> {
  const named = findings.slice(0, NAMED_MAX).map(({ what, path: at }) => `"${at}" ${what}`);
  const more = findings.length > NAMED_MAX ? ` and ${findings.length - NAMED_MAX} more` : "";
  const why = `${named.join(", ")}${more}`;
  switch (verdict) {
    case "intact":
      return ok(0);
    case "changed":
      return fail({ code: "stick_damaged", detail: `Cannot trust "${path}": ${why}` });
    case "foreign":
      return fail({
        code: "stick_foreign",
        detail: `Cannot trust "${path}": this farm did not sign it: ${why}`,
      });
    case "unproven":
      return fail({
        code: "stick_unproven",
        detail: `Cannot prove "${path}": ${notCompared.join("; ")}`,
      });
    case "unsealed":
      return fail({ code: "stick_unsealed", detail: `Cannot use "${path}": it is not sealed` });
  }
}

const COLUMNS: readonly Column<StickFinding>[] = [
  { head: "FOUND", cell: ({ what }) => what },
  { head: "PATH", cell: ({ path }) => path },
];

function renderInspection(answer: Answer, session: Session): string {
  const { passport, record, findings } = answer;
  const fields = renderFields([
    ["Stick", answer.path],
    ["Verdict", answer.verdict],
    ["Stick id", passport?.stickId ?? null],
    ["Build", passport?.buildId ?? null],
    ["Serial", passport?.serial ?? null],
    ["Ordered", passport?.orderedAt ?? null],
    ["Compared", `${answer.goodFiles} files good, ${renderBytes(answer.readBytes)}`],
    ["Not compared", answer.notCompared.join("; ")],
    ["Record", `${record.result}: ${record.why}`],
  ]);
  return findings.length === 0 ? fields : `${fields}\n${renderTable(findings, COLUMNS, session)}`;
}
