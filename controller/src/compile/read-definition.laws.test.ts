import { hasError } from "@stickfarm/common/media/check-definition";
import { diceOf } from "@stickfarm/common/test-dice";
import { expect, test } from "vitest";
import { readDefinition } from "./read-definition.ts";

const SEEDS = 600;
/** Under load on a small machine. */
const TIMEOUT_MS = 60_000;
const EDITS_MAX = 6;

const WHOLE = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq, description: "x", labels: { site: hq } }
spec:
  unattended: false
  management:
    mode: dynamic
    siteCode: P01
    managementPoints:
      - url: http://mp1.example.net:80
      - url: http://mp2.example.net:80
  output:
    usb: { partitionTable: mbr, fileSystem: fat32, partitionSize: fill, oversizeFiles: reject }
    iso: { fileName: hq.iso, volumeSize: unlimited, ifExists: fail }
    label: HQ BOOT
  security:
    password: { secret: media/hq }
    certificate: { selfSigned: { notBefore: 2026-12-01T00:00:00Z } }
    userDeviceAffinity: none
  bootImage: { name: winpe-x64, targetArchitectures: [x64] }
  files: [{ content: tools, at: /tools }]
  customization:
    variables:
      - { name: OSDComputerName, ask: true }
      - { name: JoinPassword, secret: join/hq }
    prestart: { command: "cmd /C ask-user.cmd", package: prestart-hq }
`;

/** What an editor, a merge or malice leaves in a text. */
const PIECES = [
  "",
  " ",
  "  ",
  "\t",
  "\n",
  "\r\n",
  "\n\n",
  ":",
  ": ",
  "- ",
  "-",
  "?",
  "? ",
  "{",
  "}",
  "[",
  "]",
  ",",
  "#",
  " #",
  "&a ",
  "*a",
  "*!",
  "!x ",
  "!!str ",
  "|",
  ">",
  "|\n",
  "'",
  '"',
  "\\",
  "%",
  "@",
  "`",
  "---\n",
  "...\n",
  "<<: ",
  "~",
  "null",
  "true",
  "yes",
  "0",
  "-1",
  "1e400",
  ".nan",
  "\0",
  "\u202e",
  "\ud800",
  "\ufeff",
  "é",
  "😀",
  "__proto__: ",
  "constructor: ",
  "name: ",
  "spec:\n",
  "kind: DiskImage\n",
];

test(`readDefinition() answers ${SEEDS} broken texts without throwing, and places what it finds in them`, {
  timeout: TIMEOUT_MS,
}, () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const text = breakText(WHOLE, diceOf(seed));
    const wrong = judge(text);
    if (wrong !== null) broken.push(`seed ${seed}: ${wrong}`);
  }
  expect(broken).toEqual([]);
});

test("readDefinition() answers texts of nothing but pieces", { timeout: TIMEOUT_MS }, () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = diceOf(seed);
    const count = Math.floor(random() * 40);
    const wrong = judge(Array.from({ length: count }, () => pick(PIECES, random)).join(""));
    if (wrong !== null) broken.push(`seed ${seed}: ${wrong}`);
  }
  expect(broken).toEqual([]);
});

function judge(text: string): string | null {
  const lineCount = text.split("\n").length;
  try {
    const { findings, definition } = readDefinition(text, { nowMs: 0, library: null });
    if ((definition === null) !== hasError(findings)) return "a definition with an error";
    const astray = findings.find(({ line, column }) => line < 1 || line > lineCount || column < 1);
    return astray === undefined
      ? null
      : `placed at ${astray.line}:${astray.column}: ${astray.rule}`;
  } catch (error) {
    return `thrown: ${String(error)}`;
  }
}

function breakText(text: string, random: () => number): string {
  let broken = text;
  const edits = 1 + Math.floor(random() * EDITS_MAX);
  for (let edit = 0; edit < edits; edit++) {
    const start = Math.floor(random() * broken.length);
    const end = Math.min(broken.length, start + Math.floor(random() * random() * 40));
    broken = broken.slice(0, start) + pick(PIECES, random) + broken.slice(end);
  }
  return broken;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}
