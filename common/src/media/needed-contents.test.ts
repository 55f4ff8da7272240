import { expect, test } from "vitest";
import { checkDefinition } from "./check-definition.ts";
import { neededContents } from "./needed-contents.ts";
import { bootableMedia, NOW_MS } from "./rules/test-findings.ts";
import type { StoredTaskSequence } from "./task-sequence.ts";

const INSTALL: StoredTaskSequence = {
  name: "install-w11",
  revision: 1,
  digest: "d",
  packages: ["os-w11", "drivers"],
  preferredDeployment: null,
};
const WHOLE = bootableMedia({
  bootImage: { name: "winpe" },
  files: [{ content: "tools" }, { content: "drivers" }, { content: "tools", at: "/more" }],
  taskSequence: { name: "install-w11" },
  customization: {
    variables: [{ name: "a", secret: "join/hq" }],
    prestart: { command: "cmd /C ask.cmd", package: "prestart-hq" },
  },
});

test("neededContents() lists what is on the stick and what its task sequence will fetch, each once", () => {
  const taskSequences = new Map([[INSTALL.name, INSTALL]]);
  expect(neededContents(definitionOf(WHOLE), { taskSequences })).toEqual([
    "winpe",
    "tools",
    "drivers",
    "os-w11",
    "prestart-hq",
  ]);
});

test("neededContents() of a task sequence that is gone lists the rest", () => {
  const names = neededContents(definitionOf(WHOLE), { taskSequences: new Map() });
  expect(names).toEqual(["winpe", "tools", "drivers", "prestart-hq"]);
});

test("neededContents() leaves out the file with a private key", () => {
  const certificate = { pkcs12: { content: "hq-cert", passwordSecret: "media/hq-pfx" } };
  const raw = bootableMedia({ security: { password: { secret: "media/hq" }, certificate } });
  const names = neededContents(definitionOf(raw), { taskSequences: new Map() });
  expect(names).not.toContain("hq-cert");
});

test("neededContents() of a disk image is the image", () => {
  const raw = {
    apiVersion: "stickfarm/v1",
    kind: "DiskImage",
    metadata: { name: "d" },
    spec: { image: { content: "debian" } },
  };
  expect(neededContents(definitionOf(raw), { taskSequences: new Map() })).toEqual(["debian"]);
});

function definitionOf(raw: object) {
  const { definition, findings } = checkDefinition(raw, { nowMs: NOW_MS, library: null });
  if (definition === null) throw new Error(JSON.stringify(findings));
  return definition;
}
