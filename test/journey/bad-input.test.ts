import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startFarm } from "./support/farm.ts";
import { refusalOf } from "./support/refusal.ts";

/** A mistake in every other line; beside each, what is said of it. Values that may be secrets are never said again. */
const MISTAKES = `apiVersion: stickfarm/v2
kind: BootableMedia
metadata: { name: HQ Media, labels: { 1st: x } }
spec:
  unatended: true
  management:
    mode: siteBased
    siteCode: p01
    managementPoints:
      - url: ftp://mp1.example.net
      - url: http://mp2.example.net:80
  output:
    usb: { partitionTable: gtp, partitionSize: 10 }
    label: "A:B"
    autorun: yes
  security:
    password: { secret: Tr0ub4dor&3 }
    unknownComputers: false
    unknownComputers: true
  files:
    - { content: tols, at: /tools }
  customization:
    variables:
      - { name: _SMSTSx, value: hunter2-hunter2 }
      - { name: Two, value: a, ask: true }
`;

const EXPECTED: readonly Expected[] = [
  { path: "apiVersion", line: 1, column: 13, says: "stickfarm/v1" },
  { path: "metadata.name", line: 3, column: 19, says: "hq-media" },
  { path: "metadata.labels.1st", line: 3, column: 39, says: "is no label" },
  { path: "spec.unatended", line: 5, column: 3, says: 'Did you mean "unattended"?' },
  { path: "spec.management.managementPoints", line: 9, column: 5, says: "exactly 1" },
  { path: "spec.management.siteCode", line: 8, column: 15, says: "is not a site code" },
  { path: "spec.management.managementPoints[0].url", line: 10, column: 14, says: "http://" },
  { path: "spec.output.usb.partitionTable", line: 13, column: 28, says: 'Did you mean "gpt"?' },
  { path: "spec.output.usb.partitionSize", line: 13, column: 48, says: "must be text" },
  { path: "spec.output.label", line: 14, column: 12, says: '":"' },
  { path: "spec.output.autorun", line: 15, column: 14, says: "true or false" },
  { path: "spec.security.password.secret", line: 17, column: 25, says: "stickfarm secret set" },
  { path: "spec.security.unknownComputers", line: 19, column: 5, says: "" },
  { path: "spec.files[0].content", line: 21, column: 18, says: 'Did you mean "tools"?' },
  { path: "spec.customization.variables[0].name", line: 24, column: 17, says: "_" },
  { path: "spec.customization.variables[1]", line: 25, column: 9, says: "" },
];

type Expected = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly says: string;
};

test("a definition's mistakes come all at once, each with its place and its remedy, and nothing is stored", {
  timeout: 600_000,
}, async () => {
  const farm = await startFarm({ agents: {} });
  await writeFile(join(farm.directory, "tools.img"), Buffer.alloc(512));
  await farm.must("content", "add", "tools.img", "--name", "tools");
  await writeFile(join(farm.directory, "wrong.yaml"), MISTAKES);

  for (const command of [["check"], ["apply", "-f"]]) {
    const ended = await farm.run("media", ...command, "wrong.yaml", "-o", "json");
    expect(refusalOf(ended)).toMatchObject({ code: "definition_invalid", exit: 2 });
    expect(missed(findingsOf(ended.stdout), EXPECTED)).toEqual([]);
  }
  const shown = await farm.run("media", "check", "wrong.yaml");
  expect([shown.code, shown.stderr]).toEqual([2, expect.stringContaining("[definition_invalid]")]);
  for (const { path, line, column } of EXPECTED)
    expect(shown.stdout).toContain(`wrong.yaml:${line}:${column}: error: ${path}: `);
  expect(`${shown.stdout}${shown.stderr}`).not.toMatch(/Tr0ub4dor|hunter2/);

  expect(JSON.parse(await farm.must("media", "list", "-o", "json"))).toEqual([]);
});

type Finding = {
  readonly ruleId: string;
  readonly severity: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly rule: string;
  readonly remedy: string;
};

function findingsOf(stdout: string): readonly Finding[] {
  return (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
}

/** What was expected and not found, beside what was said of that path. */
function missed(findings: readonly Finding[], expected: readonly Expected[]): unknown[] {
  return expected.flatMap((one) => {
    const said = findings.filter(({ path }) => path === one.path);
    const isThere = said.some(
      ({ ruleId, severity, line, column, rule, remedy }) =>
        ruleId !== "" &&
        severity === "error" &&
        line === one.line &&
        column === one.column &&
        rule !== "" &&
        remedy !== "" &&
        `${rule} ${remedy}`.includes(one.says),
    );
    return isThere ? [] : [{ expected: one, said }];
  });
}
