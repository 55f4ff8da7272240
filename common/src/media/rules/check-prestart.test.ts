import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

const AT = "spec.customization.prestart";

test.each([
  "cmd /C ask-user.cmd",
  "CMD.EXE /c  x",
  "cmd /C cscript ask.vbs //nologo",
  "cmd /C join.cmd /password:%JoinPassword%",
])("checkPrestart() finds nothing in %j", (command) => {
  expect(found({ command })).toEqual([]);
});

const FOUND: readonly (readonly [command: string, severity: string, rule: string])[] = [
  ["", "error", "is empty, must be a command"],
  ["  ", "error", "is empty, must be a command"],
  [
    "ask-user.cmd",
    "warning",
    'does not begin with "cmd /C": its window may never close, and the target waits for it',
  ],
  ["cmd /C D:\\ask-user.cmd", "warning", "names a drive letter, which may be another one at boot"],
  ...["cmd /C net use /user:a password=hunter2", "cmd /C join.cmd /Pwd:hunter2"].map(
    (command) =>
      [
        command,
        "warning",
        "seems to hold a secret, and is shown to everybody who may see the definition",
      ] as const,
  ),
];

test.each(FOUND)("checkPrestart() finds in %j what is wrong", (command, severity, rule) => {
  expect(found({ command })).toEqual([`${severity} ${AT}.command: ${rule}`]);
});

test("checkPrestart() checks the package's name and warns that it lies open", () => {
  const open = `warning ${AT}.package: lies open on the stick: packages are never sealed`;
  expect(found({ command: "cmd /C x", package: "prestart-hq" })).toEqual([open]);
  const [name, ...more] = found({ command: "cmd /C x", package: "Prestart" });
  expect(name).toMatch(/package: is "Prestart", must be/);
  expect(more).toEqual([open]);
});

function found(prestart: unknown): readonly string[] {
  return foundIn({ customization: { prestart } });
}
