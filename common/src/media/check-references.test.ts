import { expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import { checkDefinition } from "./check-definition.ts";
import { checkReferences } from "./check-references.ts";
import { bootableMedia, NOW_MS, renderFinding } from "./rules/test-findings.ts";
import {
  bootImageContent,
  imageContent,
  libraryOf,
  treeContent,
  treeFile,
} from "./test-library.ts";

const AT = "spec.bootImage.name";

test("checkReferences() finds nothing when everything is there", () => {
  const contents = [bootImageContent("winpe", ["x64"]), treeContent("tools"), imageContent("disk")];
  const library = libraryOf(contents, ["media/hq"]);
  const targets = { at: ["t"], architectures: ["x64"] } as const;
  const found = checkReferences(
    [
      { kind: "bootImage", at: ["b"], name: "winpe", targets },
      { kind: "tree", at: ["f"], name: "tools" },
      { kind: "tree", at: ["f"], name: "winpe" },
      { kind: "image", at: ["i"], name: "disk" },
      { kind: "secret", at: ["s"], name: "media/hq" },
    ],
    library,
  );
  expect(found).toEqual([]);
});

test("checkDefinition() names everything that is missing at once, and what was probably meant", () => {
  const raw = bootableMedia({
    bootImage: { name: "winpe-x64" },
    files: [{ content: "tols" }, { content: "drivers" }],
    customization: { variables: [{ name: "a", secret: "join/hq" }] },
  });
  const library = libraryOf([treeContent("tools")], []);
  const { findings } = checkDefinition(raw, { nowMs: NOW_MS, library });
  expect(findings.map((finding) => [finding.code, renderFinding(finding), finding.remedy])).toEqual(
    [
      [
        "content_unknown",
        `error ${AT}: is "winpe-x64", which is not in the content library`,
        "Add it with `stickfarm content add` or `stickfarm boot-image add`",
      ],
      [
        "content_unknown",
        'error spec.files[0].content: is "tols", which is not in the content library',
        'Did you mean "tools"?',
      ],
      [
        "content_unknown",
        'error spec.files[1].content: is "drivers", which is not in the content library',
        "Add it with `stickfarm content add` or `stickfarm boot-image add`",
      ],
      [
        "secret_unknown",
        "error spec.security.password.secret: names a secret that is not set",
        "Set it with `stickfarm secret set media/hq`",
      ],
      [
        "secret_unknown",
        "error spec.customization.variables[0].secret: names a secret that is not set",
        "Set it with `stickfarm secret set join/hq`",
      ],
    ],
  );
});

test("checkReferences() says nothing of what is no name: that has its own finding", () => {
  const library = libraryOf([], []);
  const found = checkReferences(
    [
      { kind: "secret", at: [], name: "Tr0ub4dor&3" },
      { kind: "image", at: [], name: "A B" },
    ],
    library,
  );
  expect(found).toEqual([]);
});

test("checkReferences() wants each name to stand for the right kind of content", () => {
  const contents = [treeContent("tree"), imageContent("image"), bootImageContent("boot", ["x64"])];
  const library = libraryOf(contents, []);
  const targets = { at: ["t"], architectures: [] };
  const found = checkReferences(
    [
      { kind: "image", at: ["i"], name: "tree" },
      { kind: "tree", at: ["f"], name: "image" },
      { kind: "bootImage", at: ["b"], name: "image", targets },
      { kind: "bootImage", at: ["b"], name: "tree", targets },
    ],
    library,
  );
  expect(found.map(renderFinding)).toEqual([
    'error i: is "tree", which is a tree of files, must be a disk image',
    'error f: is "image", which is a disk image, must be a tree of files',
    'error b: is "image", which is a disk image, must be a tree of files',
    'error b: is "tree", which was not added as a boot image',
  ]);
});

const OLD = "warning b: has x86 in it, which Windows PE ended with ADK 2004";
const BIOS_ONLY =
  "warning t[0]: is x64, and the boot image has x86: UEFI starts only its own architecture, BIOS alone will do";
const MATRIX: readonly (readonly [Architecture, readonly Architecture[], readonly string[]])[] = [
  ["x64", ["x64"], []],
  ["x86", ["x86"], [OLD]],
  ["arm64", ["arm64"], []],
  ["x64", ["x86"], [BIOS_ONLY]],
  ["x64", ["x86", "x64"], [OLD]],
  ["x86", ["x64"], [cannot("x86", "x64", "x86")]],
  ["x86", ["arm64"], [cannot("x86", "arm64", "x86")]],
  ["x64", ["arm64"], [cannot("x64", "arm64", "x64 or x86")]],
  ["arm64", ["x64"], [cannot("arm64", "x64", "arm64")]],
  ["arm64", ["x86"], [cannot("arm64", "x86", "arm64")]],
  ["x64", [], [cannot("x64", "no known architecture", "x64 or x86")]],
];

test.each(MATRIX)(
  "checkReferences() judges %s computers and boot image %j",
  (target, has, found) => {
    const library = libraryOf([bootImageContent("boot", has)], []);
    const targets = { at: ["t"], architectures: [target] };
    const findings = checkReferences(
      [{ kind: "bootImage", at: ["b"], name: "boot", targets }],
      library,
    );
    expect(findings.map(renderFinding)).toEqual(found);
  },
);

function cannot(target: string, has: string, must: string): string {
  return `error t[0]: is ${target}, which cannot start this boot image: it has ${has}, must have ${must}`;
}

test("checkDefinition() looks up the task sequence, and what it will fetch", () => {
  const management = { mode: "dynamic", managementPoints: [{ url: "http://mp1.example.net:80" }] };
  const raw = bootableMedia({ management, taskSequence: { name: "install-w11" } });
  const stored = { name: "install-w11", revision: 1, digest: "d", preferredDeployment: null };
  const found = (name: string, packages: readonly string[]) => {
    const library = {
      ...libraryOf([bootImageContent("winpe", ["x64"]), treeContent("os")], ["media/hq"]),
      taskSequences: new Map([[name, { ...stored, name, packages }]]),
    };
    const { findings } = checkDefinition(raw, { nowMs: NOW_MS, library });
    return findings.map(({ code, at, rule, remedy }) => [code, at.join("."), rule, remedy]);
  };
  const at = "spec.taskSequence.name";
  expect(found("install-w11", ["os"])).toEqual([]);
  expect(found("install-w11", ["os", "drivers"])).toEqual([
    [
      "content_unknown",
      at,
      'is "install-w11", whose package "drivers" is not in the content library',
      "Add it with `stickfarm content add --name drivers`",
    ],
  ]);
  const unknown = 'is "install-w11", which is no task sequence that is stored here';
  expect(found("install-w10", [])).toEqual([
    ["task_sequence_unknown", at, unknown, 'Did you mean "install-w10"?'],
  ]);
  expect(found("x", [])).toEqual([
    ["task_sequence_unknown", at, unknown, "Store it with `stickfarm task-sequence apply`"],
  ]);
});

test.each([
  ["holds 2 files", treeContent("hq-cert", [treeFile("a.pfx"), treeFile("b.pfx")])],
  ["holds 0 files", treeContent("hq-cert")],
  ["is a disk image", imageContent("hq-cert")],
])("checkReferences() wants a single file, not one that %s", (is, content) => {
  const reference = { kind: "file", at: ["p"], name: "hq-cert" } as const;
  const found = checkReferences([reference], libraryOf([content], []));
  expect(found.map(renderFinding)).toEqual([
    `error p: is "hq-cert", which ${is}, must be a single file`,
  ]);
  const good = treeContent("hq-cert", [treeFile("a.pfx")]);
  expect(checkReferences([reference], libraryOf([good], []))).toEqual([]);
});

test("checkReferences() names points that were not added, and what was probably meant", () => {
  const points = ["local", "dp-oslo", "dp-olso", "locale", "elsewhere", "A B"].map(
    (name, index) => ({ kind: "distributionPoint", at: [index], name }) as const,
  );
  const found = checkReferences(points, libraryOf([], [], ["dp-oslo"]));
  expect(found.map(({ at, code, rule, remedy }) => [at[0], code, rule, remedy])).toEqual([
    [
      2,
      "point_unknown",
      'is "dp-olso", which is no distribution point of this farm',
      'Did you mean "dp-oslo"?',
    ],
    [3, "point_unknown", expect.stringContaining('"locale"'), 'Did you mean "local"?'],
    [
      4,
      "point_unknown",
      expect.stringContaining('"elsewhere"'),
      "Add it with `stickfarm dp add elsewhere`; there is local, dp-oslo",
    ],
  ]);
});
