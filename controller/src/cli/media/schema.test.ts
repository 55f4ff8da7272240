/** The schema against a validator that others wrote: Ajv, which takes it in strict mode. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "@stickfarm/common/result";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { RULE_FIXTURES } from "../../compile/rule-fixture.ts";
import { runProgram } from "../run-program.ts";
import { makeIo } from "../test-cli.ts";

const EXAMPLES = new URL("../../../../test/support/examples/", import.meta.url).pathname;

test("media schema takes every example, and every definition whose shape is right", async () => {
  const validate = await validator();
  const examples = readdirSync(EXAMPLES).map((name) => readFileSync(join(EXAMPLES, name), "utf8"));
  const right = RIGHT_SHAPE.map((id) => RULE_FIXTURES[id].yaml);
  for (const yaml of [...examples, ...right]) {
    expect(validate(parse(yaml)), `${yaml}\n${JSON.stringify(validate.errors)}`).toBe(true);
  }
  expect(examples.length).toBeGreaterThan(1);
});

test.each([
  "definition-not-mapping",
  "field-unknown",
  "field-missing",
  "field-wrong-type",
  "choice-unknown",
  "name-invalid",
  "description-too-long",
  "site-code-invalid",
  "management-point-not-url",
  "management-point-path",
  "label-too-long",
  "secret-name-invalid",
  "folder-relative",
  "deployment-id-invalid",
  "variable-name-reserved",
  "variable-name-invalid",
  "variable-too-long",
  "prestart-command-empty",
] as const)("media schema refuses a definition with %s", async (id) => {
  const validate = await validator();
  expect(validate(parse(RULE_FIXTURES[id].yaml))).toBe(false);
});

/** Mistakes that no schema tells, because the values alone are right. */
const RIGHT_SHAPE = [
  "autorun-blocked",
  "affinity-differs",
  "boot-image-missing",
  "certificate-expired",
  "certificate-needs-https",
  "content-not-image",
  "files-repeated",
  "iso-replaced",
  "packages-empty",
  "prestart-package-open",
  "secret-unknown",
  "task-sequence-unknown",
  "unattended-asked-variable",
  "variable-looks-secret",
] as const;

async function validator() {
  const { io, stdout } = makeIo();
  const unused = { openController: async () => ok({ close: () => undefined } as never) };
  expect(await runProgram(["media", "schema"], io, unused)).toBe(0);
  return new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(stdout()));
}
