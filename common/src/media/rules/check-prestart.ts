import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, findingAt } from "../finding.ts";
import { checkName } from "./check-metadata.ts";

const AT = ["spec", "customization", "prestart"];

/** The command that runs before the target asks for its task sequence. */
export function checkPrestart({ spec }: BootableMediaDraft): readonly Finding[] {
  const prestart = spec?.customization?.prestart;
  if (prestart === undefined) return [];
  return [
    ...(prestart.command === undefined ? [] : checkCommand(prestart.command)),
    ...(prestart.package === undefined
      ? []
      : [...checkName([...AT, "package"], prestart.package), PACKAGE_OPEN]),
  ];
}

const PACKAGE_OPEN = findingAt(
  "prestart-package-open",
  [...AT, "package"],
  "lies open on the stick: packages are never sealed",
  "Keep secrets out of its files; use variables with secret: NAME",
);

function checkCommand(command: string): readonly Finding[] {
  const at = [...AT, "command"];
  if (command.trim() === "") {
    return [
      findingAt(
        "prestart-command-empty",
        at,
        "is empty, must be a command",
        "Write a command, or remove prestart",
      ),
    ];
  }
  return [
    ...(/^cmd(\.exe)? +\/c /i.test(command)
      ? []
      : [
          findingAt(
            "prestart-not-cmd",
            at,
            'does not begin with "cmd /C": its window may never close, and the target waits for it',
            "Write it as cmd /C COMMAND",
          ),
        ]),
    ...(/(password|passwd|pwd|secret|token|apikey)\s*[=:]\s*[^\s%"]/i.test(command)
      ? [
          findingAt(
            "prestart-looks-secret",
            at,
            "seems to hold a secret, and is shown to everybody who may see the definition",
            "Put the secret into a variable with secret: NAME, and let the command read that",
          ),
        ]
      : []),
    ...(/(^|[\s"'=])[a-z]:[\\/]/i.test(command)
      ? [
          findingAt(
            "prestart-drive-letter",
            at,
            "names a drive letter, which may be another one at boot",
            "Name the file without its drive",
          ),
        ]
      : []),
  ];
}
