import { parseSealed } from "@stickfarm/common/media/seal-header";
import {
  MANIFEST_PATH,
  MEDIA_JSON_PATH,
  PASSPORT_PATH,
  SEALED_SETTINGS_PATH,
} from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { openSettings } from "../../compile/open-settings.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { readGiven, trimSecret } from "../secret/read-given.ts";
import { newCommand } from "../shell/new-command.ts";
import { readHiddenLine } from "../shell/read-hidden-line.ts";
import type { Session } from "../shell/session.ts";
import { EXIT_INTERRUPTED, type Shell } from "../shell/shell.ts";
import { checkStick, parseJson } from "./check-stick.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { recordOf } from "./plain.ts";
import { readFarmKey } from "./read-farm-key.ts";
import { readStickFiles, type StickFiles } from "./read-stick-files.ts";
import { renderStick } from "./render-stick.ts";

export function stickOpenCommand(shell: Shell) {
  return newCommand(shell, {
    name: "open",
    description:
      "Show what a stick is and what its settings are, those that are sealed as well. Whether all of its files are what was built is told by stick inspect. Of a stick that was written from an image it shows the record of its build, while that image is what lies there.\n\nReads a stick, an image of one, an ISO file, or settings.sealed alone; nothing is written or mounted, and no controller is asked. The media password is asked for unseen, or read from a file or a pipe.",
    examples: [
      "stickfarm stick open /dev/sdb",
      "stickfarm stick open stick.img --password-file password.txt -o json",
    ],
  })
    .argument("<path>", "stick, image, ISO file or settings.sealed")
    .option("--password-file <file>", "read the media password from this file")
    .option("--reveal", "show secret variables and the certificate's private key as well")
    .option(
      "--farm-key <file>",
      "public key that the farm signs with; else trust/signing.pub of this machine's farm",
    )
    .action((path, options, command) =>
      shell.run(command, (session) => openStick(session, { path, ...options })),
    );
}

type Options = {
  readonly path: string;
  readonly passwordFile?: string;
  readonly reveal?: true;
  readonly farmKey?: string;
};

/**
 * Problems: those of readStickFiles, settings_not_opened, stick_damaged when what is on it does not agree, usage.
 */
async function openStick(session: Session, options: Options): Promise<Result<number>> {
  const { path, reveal = false } = options;
  const farmKey = await readFarmKey(session, options.farmKey);
  if (!farmKey.ok) return farmKey;
  const stick = await readStickFiles(path);
  if (!stick.ok) return stick;
  const { kind, files } = stick.value;
  const settings = await unseal(session, stick.value, options);
  if (!settings.ok) return settings;
  if (settings.value === GIVEN_UP) return ok(EXIT_INTERRUPTED);
  const checks = checkStick(files, { settings: settings.value, farmKeyPem: farmKey.value });
  const view = {
    path,
    kind,
    media: mediaOf(stick.value),
    passport: parseJson(files.get(PASSPORT_PATH)),
    settings: settings.value === null || reveal ? settings.value : hideSecrets(settings.value),
    checks,
  };
  writeAnswer(session, view, () => renderStick(view, session));
  const wrong = checks.filter(({ result }) => result === "wrong");
  if (wrong.length === 0) return ok(0);
  const detail = `Cannot trust "${path}": ${wrong.map(({ what, why }) => `${what}: ${why}`).join("; ")}`;
  return fail({ code: "stick_damaged", detail });
}

/** An image has settings of its own, which are not ours to read: what is known is what it was built from. */
function mediaOf({ kind, files }: StickFiles): unknown {
  if (kind !== "image") return parseJson(files.get(MEDIA_JSON_PATH));
  const { name, revision } = recordOf(recordOf(parseJson(files.get(MANIFEST_PATH)))["definition"]);
  return name === undefined ? null : { name, revision };
}

const GIVEN_UP = Symbol("given up");

/** `null` when nothing is sealed. What cannot be opened by any password is refused before one is asked for. */
async function unseal(
  session: Session,
  { files }: StickFiles,
  { path, passwordFile }: Options,
): Promise<Result<unknown>> {
  const sealed = files.get(SEALED_SETTINGS_PATH);
  if (sealed === undefined) return ok(null);
  const doing = `Cannot open the settings of "${path}"`;
  if (parseSealed(sealed) === null) {
    const why =
      "they are none, or ask for a key derivation that is weaker or takes more memory than allowed";
    return fail({ code: "settings_not_opened", detail: `${doing}: ${why}` });
  }
  const given = await readGiven(session, { file: passwordFile, doing });
  const typed = given === null ? await readHiddenLine(session.io, "Media password: ") : "";
  if (typed === null) return ok(GIVEN_UP);
  const password = given ?? trimSecret(doing, ok(Buffer.from(typed)));
  if (!password.ok) return password;
  session.io.mask.learn(password.value);
  const opened = await openSettings(sealed, password.value);
  return opened.ok ? ok(parseJson(opened.value.reveal())) : opened;
}
