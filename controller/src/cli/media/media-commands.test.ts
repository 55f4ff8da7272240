import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { ApplyMediaRequest, Finding } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { type Answers, startTestController } from "../test-controller.ts";
import { MEDIA } from "../test-views.ts";

const WARNING: Finding = {
  ruleId: "autorun-blocked",
  severity: "warning",
  line: 9,
  column: 3,
  path: "spec.output.autorun",
  rule: "it is true, Windows 7 and later ignore it",
  remedy: "Leave it out",
};
const OFFLINE = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq }
spec: { bootImage: { name: winpe }, files: [] }
`;
const ERROR: Finding = { ...WARNING, severity: "error", line: 12 };

test("media apply stores a definition and prints its findings", async () => {
  const { run, file, requests } = await setUp({
    applyMedia: () => ok({ findings: [WARNING], media: MEDIA, stored: true }),
  });
  const { status, stdout } = await run(["media", "apply", "-f", file]);
  expect(status).toBe(0);
  expect(requests).toEqual([{ yaml: "kind: BootableMedia\n", dryRun: false }]);
  expect(stdout).toBe(
    [
      `${file}:9:3: warning: spec.output.autorun: it is true, Windows 7 and later ignore it [autorun-blocked]`,
      "    Leave it out",
      "hq@3 is stored, 1 warning",
      "",
    ].join("\n"),
  );
});

test("media apply tells when nothing has changed", async () => {
  const { run, file } = await setUp({
    applyMedia: () => ok({ findings: [], media: MEDIA, stored: false }),
  });
  const { stdout } = await run(["media", "apply", "-f", file]);
  expect(stdout).toBe("hq@3 was stored before and has not changed, no findings\n");
});

test.each([[["media", "check"]], [["media", "apply", "--dry-run", "-f"]]])(
  "%j only checks",
  async (args) => {
    const { run, file, requests } = await setUp({
      applyMedia: () => ok({ findings: [], media: MEDIA, stored: false }),
    });
    const { status, stdout } = await run([...args, file]);
    expect([status, stdout]).toEqual([0, "hq@3 is valid, no findings\n"]);
    expect(requests).toMatchObject([{ dryRun: true }]);
  },
);

test("media check reads standard input for -", async () => {
  const { run, requests } = await setUp({
    applyMedia: () => ok({ findings: [], media: MEDIA, stored: false }),
  });
  await run(["media", "check", "-"], { typed: "kind: DiskImage\n" });
  expect(requests).toMatchObject([{ yaml: "kind: DiskImage\n" }]);
});

test("media check prints all findings and exits with 2 when one is an error", async () => {
  const { run, file } = await setUp({
    applyMedia: () => ok({ findings: [ERROR, WARNING], media: undefined, stored: false }),
  });
  const { status, stdout, stderr } = await run(["media", "check", file]);
  expect(status).toBe(2);
  expect(stdout.split("\n")).toHaveLength(5);
  expect(stderr).toContain(`Cannot take the definition "${file}"`);
  expect(stderr).toContain("1 error, 1 warning");
});

test("media check -o json prints the findings as one document", async () => {
  const { run, file } = await setUp({
    applyMedia: () => ok({ findings: [ERROR], media: undefined, stored: false }),
  });
  const { status, stdout, stderr } = await run(["media", "check", file, "-o", "json"]);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual({ findings: [ERROR], media: null, stored: false });
  expect(JSON.parse(stderr)).toMatchObject({ code: "definition_invalid" });
});

test("media check refuses what is not there, not text, or too large", async () => {
  const { run, file, requests } = await setUp({});
  const missing = await run(["media", "check", `${file}.not`]);
  await writeFile(file, Buffer.from([0xff, 0xfe, 0x00]));
  const binary = await run(["media", "check", file]);
  await writeFile(file, "#".repeat(1024 * 1024 + 1));
  const large = await run(["media", "check", file]);
  expect([missing.status, binary.status, large.status]).toEqual([3, 2, 2]);
  expect(binary.stderr).toContain("UTF-8");
  expect(large.stderr).toContain("1 MiB");
  expect(requests).toEqual([]);
});

test("media show prints to a file what was applied, and to a terminal what is safe", async () => {
  const yaml = "\ufeffkind: BootableMedia\r\n# \u001b[2J\n\n  ";
  const asked: unknown[] = [];
  const { run } = await setUp({
    getMedia: (request) => {
      asked.push(request);
      return ok({ media: MEDIA, yaml, boots: [] });
    },
  });
  expect((await run(["media", "show", "hq@3"])).stdout).toBe(yaml);
  const exact = await run(["media", "show", "hq@3", "-o", "yaml"]);
  expect(exact).toEqual({ status: 0, stdout: yaml, stderr: "" });
  const { stdout } = await run(["media", "show", "hq"], { terminal: true });
  expect(stdout).toMatch(/^.?kind: BootableMedia.?\n# \ufffd\[2J\n$/);
  expect(asked).toEqual([
    { name: "hq", revision: 3 },
    { name: "hq", revision: 3 },
    { name: "hq", revision: 0 },
  ]);
});

test("media check --offline asks nobody, and answers as the controller would", async () => {
  const { run, file, requests } = await setUp({});
  await writeFile(file, OFFLINE);
  const text = await run(["media", "check", file, "--offline"]);
  expect(text).toMatchObject({ status: 0, stderr: "" });
  expect(text.stdout).toBe("hq is valid as far as can be told offline, no findings\n");
  const json = await run(["media", "check", file, "--offline", "-o", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    findings: [],
    media: { name: "hq", revision: 0, kind: "BootableMedia", digest: expect.any(String) },
    stored: false,
  });
  await writeFile(file, OFFLINE.replace("files", "filse"));
  const wrong = await run(["media", "check", file, "--offline", "-o", "json"]);
  expect(wrong.status).toBe(2);
  expect(JSON.parse(wrong.stdout)).toEqual({
    findings: [
      {
        ruleId: "field-unknown",
        severity: "error",
        line: 4,
        column: 37,
        path: "spec.filse",
        rule: "is not a field of a definition",
        remedy: 'Did you mean "files"?',
      },
    ],
    media: null,
    stored: false,
  });
  expect(requests).toEqual([]);
});

test("media rules lists every rule, and asks nobody", async () => {
  const { run } = await setUp({});
  expect((await run(["media", "rules"])).stdout).toMatch(
    /^label-empty +error +The label is empty$/m,
  );
  const rules: unknown = JSON.parse((await run(["media", "rules", "-o", "json"])).stdout);
  expect(rules).toContainEqual({
    ruleId: "secret-unknown",
    severity: "error",
    code: "secret_unknown",
    meaning: "A secret is not set",
  });
});

test("media diff tells fields and files, of the revisions that it read", async () => {
  const compiled: unknown[] = [];
  const { run } = await setUp({
    getMedia: ({ name, revision }) => {
      const yaml = OFFLINE.replace("winpe", revision === 1 ? "winpe" : "winpe-2");
      return ok({
        media: { ...MEDIA, name, revision: revision === 0 ? 2 : revision },
        yaml,
        boots: [],
      });
    },
    compileMedia: (request) => {
      compiled.push(request);
      return fail({ code: "content_unknown", detail: 'Cannot compile "hq": it lacks "winpe"' });
    },
  });
  const fields = await run(["media", "diff", "hq@1", "hq", "--fields", "-o", "json"]);
  expect(JSON.parse(fields.stdout)).toEqual({
    before: "hq@1",
    after: "hq@2",
    fields: [{ path: "spec.bootImage.name", before: "winpe", after: "winpe-2" }],
    files: null,
  });
  expect(compiled).toEqual([]);
  const both = await run(["media", "diff", "hq@1", "hq"]);
  expect([both.status, both.stdout]).toEqual([3, ""]);
  expect(compiled).toEqual([{ name: "hq", revision: 1, disc: false }]);
});

test("media list prints the newest revisions", async () => {
  const { run } = await setUp({ listMedia: () => ok({ media: [MEDIA] }) });
  expect((await run(["media", "list"])).stdout).toMatchInlineSnapshot(`
    "NAME  REVISION  KIND           DIGEST        STORED                DESCRIPTION
    hq           3  BootableMedia  aaaaaaaaaaaa  2026-11-22T08:00:00Z
    "
  `);
});

test("media list --history asks for every revision of one", async () => {
  const requests: unknown[] = [];
  const { run } = await setUp({
    listMedia: (request) => {
      requests.push(request);
      return ok({ media: [MEDIA, { ...MEDIA, revision: 2 }] });
    },
  });
  const { stdout } = await run(["media", "list", "--history", "hq", "-o", "json"]);
  expect(requests).toEqual([{ historyOf: "hq" }]);
  expect(JSON.parse(stdout)).toMatchObject([{ revision: 3 }, { revision: 2 }]);
});

test("media show of an unknown name exits with 3", async () => {
  const { run } = await setUp({
    getMedia: () => fail({ code: "media_unknown", detail: 'Cannot show "hq": there is none' }),
  });
  expect((await run(["media", "show", "hq"])).status).toBe(3);
});

async function setUp(answers: Answers) {
  const requests: ApplyMediaRequest[] = [];
  const controller = await startTestController(onTestFinished, {
    ...answers,
    applyMedia: (request) => {
      requests.push(request);
      return answers.applyMedia?.(request) ?? fail({ code: "internal", detail: "Cannot: no" });
    },
  });
  const file = join(await makeTemporaryFolder(onTestFinished), "hq.yaml");
  await writeFile(file, "kind: BootableMedia\n");
  return { run: controller.run, file, requests };
}

test("media certificates lists what ends first in front, with the days that are left", async () => {
  const nowMs = Date.UTC(2026, 10, 22, 9);
  const certificate = {
    thumbprint: "AB".repeat(20),
    kind: "selfSigned",
    subject: "CN=hq\u001b[2J",
    notBeforeMs: nowMs,
    notAfterMs: nowMs + 364.9 * 24 * 3600_000,
    mediaName: "hq",
    mediaRevision: 3,
    manifestSha256: "c".repeat(64),
    buildIds: ["B1", "B2"],
    recordedAtMs: nowMs,
  };
  const ended = { ...certificate, notAfterMs: nowMs - 1, buildIds: [] };
  const controller = await startTestController(onTestFinished, {
    listMediaCertificates: () => ok({ certificates: [ended, certificate] }),
  });
  const table = await controller.run(["media", "certificates"]);
  expect(table.status).toBe(0);
  expect(table.stdout.split("\n")[0]).toMatch(
    /^THUMBPRINT +KIND +MEDIA +BUILDS +ENDS +DAYS LEFT +SUBJECT$/,
  );
  expect(table.stdout).toMatch(/hq@3 +2026-11-22T08:59:59Z +-1 /);
  expect(table.stdout).toMatch(/hq@3 +B1 B2 +2027-11-22T06:36:00Z +364 /);
  expect(table.stdout).not.toContain("\u001b");
  const json = await controller.run(["media", "certificates", "-o", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject([{ daysLeft: -1 }, { daysLeft: 364 }]);
});
