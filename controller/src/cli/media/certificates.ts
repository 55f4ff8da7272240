import { DAY_MS } from "@stickfarm/common/durations";
import { ok } from "@stickfarm/common/result";
import {
  type MediaCertificate,
  OperatorServiceService,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

type Row = MediaCertificate & { readonly daysLeft: number };

const COLUMNS: readonly Column<Row>[] = [
  { head: "THUMBPRINT", cell: ({ thumbprint }) => thumbprint },
  { head: "KIND", cell: ({ kind }) => kind },
  { head: "MEDIA", cell: ({ mediaName, mediaRevision }) => `${mediaName}@${mediaRevision}` },
  { head: "BUILDS", cell: ({ buildIds }) => buildIds.join(" ") },
  { head: "ENDS", cell: ({ notAfterMs }) => renderTime(notAfterMs) },
  { head: "DAYS LEFT", cell: ({ daysLeft }) => daysLeft, align: "right" },
  { head: "SUBJECT", cell: ({ subject }) => subject },
];

export function mediaCertificatesCommand(shell: Shell) {
  return newCommand(shell, {
    name: "certificates",
    description:
      "List the certificates that sticks carry, those that end first in front.\n\nA stick is of no use to its site once its certificate has ended: build it again before.",
    examples: ["stickfarm media certificates", "stickfarm media certificates -o json"],
  }).action((_options, command) =>
    shell.ask(command, async (session, controller) => {
      const response = await controller.call(OperatorServiceService.listMediaCertificates, {});
      if (!response.ok) return response;
      const nowMs = session.io.nowMs();
      const rows = response.value.certificates.map((certificate) => ({
        ...certificate,
        daysLeft: Math.floor((certificate.notAfterMs - nowMs) / DAY_MS),
      }));
      writeList(session, rows, COLUMNS);
      return ok(0);
    }),
  );
}
