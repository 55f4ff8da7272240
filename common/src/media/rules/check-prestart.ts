import type { BootableMediaDraft } from "../definition-shape.ts";
import { errorAt, type Finding, warningAt } from "../finding.ts";
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

const PACKAGE_OPEN = warningAt(
  [...AT, "package"],
  "lies open on the stick: packages are never sealed",
  "Keep secrets out of its files; use variables with secret: NAME",
);

function checkCommand(command: string): readonly Finding[] {
  const at = [...AT, "command"];
  if (command.trim() === "") {
    return [errorAt(at, "is empty, must be a command", "Write a command, or remove prestart")];
  }
  return [
    ...(/^cmd(\.exe)? +\/c /i.test(command)
      ? []
      : [
          warningAt(
            at,
            'does not begin with "cmd /C": its window may never close, and the target waits for it',
            "Write it as cmd /C COMMAND",
          ),
        ]),
    ...(/(^|[\s"'=])[a-z]:[\\/]/i.test(command)
      ? [
          warningAt(
            at,
            "names a drive letter, which may be another one at boot",
            "Name the file without its drive",
          ),
        ]
      : []),
  ];
}
