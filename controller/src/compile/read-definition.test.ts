import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bootImageContent,
  imageContent,
  libraryOf,
  treeContent,
  treeFile,
} from "@stickfarm/common/media/test-library";
import { expect, test } from "vitest";
import { readDefinition, readPasswordName, readTaskSequence } from "./read-definition.ts";

const NOW_MS = Date.UTC(2026, 10, 22);
const EXAMPLES = join(import.meta.dirname, "../../../test/support/examples");

const BAD = `apiVersion: stickfarm/v2
kind: BootableMedia
metadata:
  name: HQ Media
  descriptoin: typo
spec:
  unattended: yes
  unattended: false
  management:
    mode: dynamc
    siteCode: 007
    managementPoints:
      - url: ftp://mp1
  output:
    usb: { partition_table: gpt, oversizeFiles: splitWim }
    label: "A|B"
  security:
    password: { secret: hunter2! }
  bootImage: { name: winpe-x65, targetArchitectures: [] }
  files:
    - { content: tools, at: tools }
  customization:
    variables:
      - { name: _x, value: 1 }
      - { name: y, value: a, ask: true }
`;

test("readDefinition() finds every mistake at once, each with its place, rule and remedy", () => {
  const library = libraryOf([bootImageContent("winpe-x64", ["x64"]), treeContent("tools")], []);
  const { findings, definition } = readDefinition(BAD, { nowMs: NOW_MS, library });
  expect(definition).toBeNull();
  expect(findings.map(render)).toMatchInlineSnapshot(`
    [
      "1:13 error apiVersion: is "stickfarm/v2", must be stickfarm/v1 | Did you mean "stickfarm/v1"?",
      "4:9 error metadata.name: is "HQ Media", must be 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit | Write another name, such as "hq-media"",
      "5:3 error metadata.descriptoin: is not a field of a definition | Did you mean "description"?",
      "7:15 error spec.unattended: is text, must be true or false | Write true, without quotes",
      "8:3 error spec.unattended: is the same key again | Remove one of them",
      "10:11 error spec.management.mode: is "dynamc", must be dynamic or siteBased | Did you mean "dynamic"?",
      "11:15 error spec.management.siteCode: is a number, must be text | Put the value in quotes",
      "13:14 error spec.management.managementPoints[0].url: is no address, must begin with http:// or https:// and name a host | Write it as http://HOST:PORT or https://HOST:PORT",
      "15:12 error spec.output.usb.partition_table: is not a field of a definition | Did you mean "partitionTable"?",
      "16:12 error spec.output.label: has "|", which no label can hold | Leave it out",
      "18:25 error spec.security.password.secret: is not the name of a secret, must be 1 to 127 of a-z, 0-9, - and /, beginning and ending with a letter or digit | Write the name that \`stickfarm secret set NAME\` was given, never the value",
      "19:22 error (content_unknown) spec.bootImage.name: is "winpe-x65", which is not in the content library | Did you mean "winpe-x64"?",
      "19:33 error spec.bootImage.targetArchitectures: is an empty list, must name an architecture | Add one, or leave it out",
      "21:29 error spec.files[0].at: is "tools", must be a folder of the stick and begin with / | Write "/tools"",
      "24:17 error spec.customization.variables[0].name: is "_x", must not begin with _ | Write another name",
      "24:28 error spec.customization.variables[0].value: is a number, must be text | Put the value in quotes",
      "25:9 error spec.customization.variables[1]: has more than one of value, ask and secret | Write one of value: ..., ask: true and secret: NAME",
    ]
  `);
});

test("readDefinition() takes the examples, which name a boot image, a tree and an image", () => {
  const contents = [treeContent("tools"), imageContent("debian")];
  const circumstances = { nowMs: NOW_MS, library: libraryOf(contents, []) };
  const bootable = readDefinition(example("bootable-media.yaml"), circumstances);
  expect(bootable.findings.map(render)).toEqual([
    "9:1 warning spec: names no bootImage: a computer starts from this stick only if its files hold a loader | Name one under bootImage, added with `stickfarm boot-image add`",
  ]);
  expect(bootable.definition?.metadata.name).toBe("my-media");
  const image = readDefinition(example("disk-image.yaml"), circumstances);
  expect(image.findings).toEqual([]);
  expect(image.definition?.kind).toBe("DiskImage");
});

test("readDefinition() takes the example with all that it has in comments", () => {
  const text = example("bootable-media.yaml").replace(
    /^( *)# (?=bootImage|security|customization|management|taskSequence| {2})/gm,
    "$1",
  );
  expect(text).toContain("\n  security:\n    password:");
  const trees = [treeContent("tools"), treeContent("prestart-hq", [treeFile("ask-user.cmd")])];
  const stored = readTaskSequence(example("task-sequence.yaml"), { library: null });
  expect(stored.findings).toEqual([]);
  const { packages = [], preferredDeployment = null } = stored.definition?.spec ?? {};
  const install = { name: "install-w11", revision: 1, digest: "d", packages, preferredDeployment };
  const library = {
    ...libraryOf([bootImageContent("winpe-x64", ["x64"]), ...trees], ["media/hq", "join/hq"]),
    taskSequences: new Map([[install.name, install]]),
  };
  const { findings, definition } = readDefinition(text, { nowMs: NOW_MS, library });
  expect(findings.map(({ ruleId }) => ruleId)).toEqual(["prestart-package-open"]);
  expect(definition).toMatchObject({
    spec: {
      variables: { length: 3 },
      bootImage: { name: "winpe-x64" },
      taskSequence: install.name,
    },
  });
});

test("readDefinition() says of what is no mapping only why it is no YAML", () => {
  const { findings } = readDefinition("{{{", { nowMs: NOW_MS, library: null });
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.map(({ rule }) => rule).join()).not.toContain("definition");
});

test.each(["", "# nothing\n", "---\n", "null", "text", "7", "- a\n"])(
  "readDefinition() refuses %j",
  (text) => {
    const { findings, definition } = readDefinition(text, { nowMs: NOW_MS, library: null });
    expect(definition).toBeNull();
    expect(findings.map(({ line, column, rule }) => [line, column, rule])).toEqual([
      [1, 1, "is no definition, must be a mapping with apiVersion, kind, metadata and spec"],
    ]);
  },
);

test("readDefinition() gives no definition when only the YAML is wrong", () => {
  const text = example("disk-image.yaml").replace("metadata:", "kind: DiskImage\nmetadata:");
  const { findings, definition } = readDefinition(text, { nowMs: NOW_MS, library: null });
  expect(findings.map(({ rule }) => rule)).toEqual(["is the same key again"]);
  expect(definition).toBeNull();
});

test.each([
  ["spec: { security: { password: { secret: media/hq } } }", "media/hq"],
  ["spec: { security: { password: { secret: Tr0ub4dor& } } }", null],
  ["spec: { security: { password: { secret: 7 } } }", null],
  ["spec: { security: { password: media/hq } }", null],
  ["{{{", null],
  ["", null],
])("readPasswordName() finds in %j the name %j", (text, name) => {
  expect(readPasswordName(text)).toBe(name);
});

test("readDefinition() shows 200 findings and counts the rest", () => {
  const variables = Array.from({ length: 300 }, () => "      - { name: _, value: a }").join("\n");
  const text = example("bootable-media.yaml").concat(
    `  customization:\n    variables:\n${variables}\n`,
  );
  const { findings } = readDefinition(text, { nowMs: NOW_MS, library: null });
  expect(findings).toHaveLength(201);
  expect(findings.at(-1)?.rule).toMatch(/^goes on with \d+ more findings$/);
  expect(findings.at(-1)?.ruleId).toBe("findings-cut");
});

function example(name: string): string {
  return readFileSync(join(EXAMPLES, name), "utf8");
}

function render(finding: ReturnType<typeof readDefinition>["findings"][number]): string {
  const { line, column, severity, code, path, rule, remedy } = finding;
  const mark = code === "definition_invalid" ? severity : `${severity} (${code})`;
  return `${line}:${column} ${mark} ${path}: ${rule} | ${remedy}`;
}
