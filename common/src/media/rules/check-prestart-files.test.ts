import { expect, test } from "vitest";
import { libraryOf, treeContent, treeFile } from "../test-library.ts";
import { checkPrestartFiles } from "./check-prestart-files.ts";

const FILES = [treeFile("Ask-User.cmd"), treeFile("scripts/choose.vbs"), treeFile("my file.bat")];
const LIBRARY = libraryOf([treeContent("prestart-hq", FILES)], []);

test.each([
  "cmd /C ask-user.cmd",
  "cmd /C .\\ask-user.CMD -x",
  "cmd /C cscript.exe //nologo scripts\\choose.vbs",
  'cmd /C "my file.bat" one two',
  "cmd /C powershell.exe -NoProfile",
  "cmd /C X:\\Windows\\start.cmd",
  "cmd /C %SystemRoot%\\System32\\start.cmd",
  "cmd /C \\start.cmd",
])("checkPrestartFiles() finds nothing in %j", (command) => {
  expect(found(command)).toEqual([]);
});

test.each([
  ["cmd /C ask-usr.cmd", '"ask-usr.cmd"', 'Did you mean "Ask-User.cmd"?'],
  ["cmd /C cscript choose.vbs", '"choose.vbs"', 'Did you mean "scripts/choose.vbs"?'],
  ['cmd /C "no such.bat"', '"no such.bat"', "Add it to the package, or name another file"],
])("checkPrestartFiles() misses a file of %j", (command, file, remedy) => {
  const rule = `names ${file}, which is not in the package "prestart-hq"`;
  expect(found(command)).toEqual([["prestart-file-missing", rule, remedy]]);
});

test("checkPrestartFiles() names each file once, and says nothing of what it cannot know", () => {
  expect(found("cmd /C a.cmd & b.cmd & a.cmd")).toHaveLength(2);
  const spec = { customization: { prestart: { command: "cmd /C a.cmd", package: "other" } } };
  expect(checkPrestartFiles({ spec }, LIBRARY)).toEqual([]);
  expect(checkPrestartFiles({ spec }, null)).toEqual([]);
  expect(checkPrestartFiles({}, LIBRARY)).toEqual([]);
});

function found(command: string) {
  const spec = { customization: { prestart: { command, package: "prestart-hq" } } };
  return checkPrestartFiles({ spec }, LIBRARY).map(({ ruleId, rule, remedy }) => [
    ruleId,
    rule,
    remedy,
  ]);
}
