import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { TaskSequenceSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { type Answers, startTestController } from "../test-controller.ts";

const INSTALL: TaskSequenceSummary = {
  name: "install-w11",
  revision: 2,
  digest: "a".repeat(64),
  createdAtMs: Date.UTC(2026, 10, 22, 8),
  description: "Windows 11",
  packages: ["os-w11", "drivers"],
  preferredDeployment: "P0120012",
};
const YAML = "\ufeffkind: TaskSequence\r\n# a comment";

test("task-sequence apply sends the file as it is and says what was stored", async () => {
  const { run, file, requests } = await setUp({});
  const { status, stdout } = await run(["task-sequence", "apply", "-f", file]);
  expect([status, stdout]).toEqual([0, "install-w11@2 is stored, no findings\n"]);
  expect(requests).toEqual([{ yaml: YAML, dryRun: false }]);
  const dry = await run(["task-sequence", "apply", "-f", file, "--dry-run", "-o", "json"]);
  expect(JSON.parse(dry.stdout)).toMatchObject({ findings: [], taskSequence: INSTALL });
  expect(requests[1]).toMatchObject({ dryRun: true });
});

test("task-sequence apply prints all findings and exits with 2 when one is an error", async () => {
  const finding = {
    ruleId: "content-unknown",
    severity: "error",
    line: 5,
    column: 14,
    path: "spec.packages[0]",
    rule: 'is "os", which is not in the content library',
    remedy: "Add it",
  };
  const { run, file } = await setUp({
    applyTaskSequence: () => ok({ findings: [finding], taskSequence: undefined, stored: false }),
  });
  const { status, stdout, stderr } = await run(["task-sequence", "apply", "-f", file]);
  expect(status).toBe(2);
  expect(stdout).toContain(`${file}:5:14: error: spec.packages[0]: is "os"`);
  expect(stderr).toContain("1 error");
});

test("task-sequence list prints what each uses", async () => {
  const { run } = await setUp({ listTaskSequences: () => ok({ taskSequences: [INSTALL] }) });
  expect((await run(["task-sequence", "list"])).stdout).toMatchInlineSnapshot(`
    "NAME         REVISION  DEPLOYMENT  PACKAGES         STORED                DESCRIPTION
    install-w11         2  P0120012    os-w11, drivers  2026-11-22T08:00:00Z  Windows 11
    "
  `);
});

test("task-sequence show prints what was applied, byte for byte", async () => {
  const asked: unknown[] = [];
  const { run } = await setUp({
    getTaskSequence: (request) => {
      asked.push(request);
      return ok({ taskSequence: INSTALL, yaml: YAML });
    },
  });
  const plain = await run(["task-sequence", "show", "install-w11@2"]);
  const exact = await run(["task-sequence", "show", "install-w11", "-o", "yaml"]);
  expect([plain.stdout, exact.stdout]).toEqual([YAML, YAML]);
  expect(plain.stderr).toContain("install-w11@2, aaaa");
  expect(asked).toEqual([
    { name: "install-w11", revision: 2 },
    { name: "install-w11", revision: 0 },
  ]);
});

test("task-sequence show of an unknown name exits with 3", async () => {
  const detail = 'Cannot find task sequence "x": none is stored under that name';
  const { run } = await setUp({
    getTaskSequence: () => fail({ code: "task_sequence_unknown", detail }),
  });
  expect((await run(["task-sequence", "show", "x"])).status).toBe(3);
});

async function setUp(answers: Answers) {
  const requests: unknown[] = [];
  const controller = await startTestController(onTestFinished, {
    applyTaskSequence: (request) => {
      requests.push(request);
      return ok({ findings: [], taskSequence: INSTALL, stored: !request.dryRun });
    },
    ...answers,
  });
  const file = join(await makeTemporaryFolder(onTestFinished), "install.yaml");
  await writeFile(file, YAML);
  return { run: controller.run, file, requests };
}
