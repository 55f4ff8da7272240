import { readFile } from "node:fs/promises";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { PointPlace } from "@stickfarm/proto/stickfarm/v1/agent";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { viewPoint } from "./point-view.ts";

export function dpAddCommand(shell: Shell) {
  return newCommand(shell, {
    name: "add",
    description:
      "Add a distribution point: a folder or mounted share, or a web server.\n\nA folder has the same path on the controller and on every agent. Content lies at a point as in the controller's library: sha256/<first two digits>/<SHA-256>.",
    examples: [
      "stickfarm dp add dp-oslo --directory /srv/stickfarm",
      "stickfarm dp add dp-bergen --url https://dp.example.net/stickfarm --ca ca.pem",
    ],
  })
    .argument("<name>", "name of the distribution point: 1 to 63 of a-z, 0-9 and -")
    .option("--directory <path>", "folder or mounted share, absolute")
    .option("--url <url>", "address of a web server, http or https")
    .option("--ca <file>", "the only authority to believe for an https address, PEM")
    .action((name, options, command) =>
      shell.ask(command, (session, controller) => add(session, controller, { name, ...options })),
    );
}

type Add = {
  readonly name: string;
  readonly directory?: string;
  readonly url?: string;
  readonly ca?: string;
};

async function add(session: Session, controller: Controller, add: Add): Promise<Result<number>> {
  const { name } = add;
  const place = await readPlace(add);
  if (!place.ok) return place;
  const point = { name, place: place.value, createdAtMs: 0, contents: [] };
  const response = await controller.call(OperatorServiceService.addPoint, { point });
  if (!response.ok) return response;
  const added = viewPoint(response.value.point ?? point);
  writeAnswer(session, added, () => `Added distribution point ${name}\n`);
  return ok(0);
}

async function readPlace({ name, directory, url, ca }: Add): Promise<Result<PointPlace>> {
  const doing = `Cannot add distribution point "${name}"`;
  const usage = (is: string) => fail({ code: "usage", detail: `${doing}: ${is}` });
  if ((directory === undefined) === (url === undefined))
    return usage("it must have either --directory or --url");
  if (directory !== undefined) {
    if (ca !== undefined) return usage("--ca is for an https address, it has a folder");
    return ok({ place: { $case: "directory", value: { path: directory } } });
  }
  try {
    const caPem = ca === undefined ? "" : await readFile(ca, "utf8");
    return ok({ place: { $case: "http", value: { url: url ?? "", caPem } } });
  } catch (error) {
    return fail(fileProblem(`${doing} with the authority "${ca}"`, error));
  }
}
