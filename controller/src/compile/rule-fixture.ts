/** For tests: every rule broken once, each in a definition about which nothing else is found. */

import type { BootImageFacts } from "@stickfarm/common/media/content";
import type { Library } from "@stickfarm/common/media/library";
import type { RuleId } from "@stickfarm/common/media/rule-table";
import {
  bootImageContent,
  imageContent,
  libraryOf,
  treeContent,
  treeFile,
} from "@stickfarm/common/media/test-library";

export type RuleFixture = {
  readonly yaml: string;
  /** What is read; a media definition when left out. */
  readonly kind?: "TaskSequence";
  /** What cannot but be found with it. */
  readonly also?: readonly RuleId[];
  readonly library?: Partial<Library>;
};

/** Rules that a definition alone cannot break, or not alone, and the test that breaks them. */
export const RULES_APART: Readonly<Partial<Record<RuleId, string>>> = {
  "findings-cut": "controller/src/compile/read-definition.test.ts",
  "certificate-key-long": "controller/src/trust/import-certificate.test.ts",
  "certificate-root-unknown": "controller/src/trust/import-certificate.test.ts",
  "certificate-reused": "test/journey/certificate.test.ts",
};

type Parts = Readonly<Record<string, string>>;

const MANAGEMENT = '{ mode: dynamic, managementPoints: [{ url: "http://mp1.example.net" }] }';
const PASSWORD = "password: { secret: media/hq }";
const SPEC = { bootImage: "{ name: winpe }", security: `{ ${PASSWORD} }` };

/** A definition of a stick; a part of its spec that is "" is left out. */
function media(spec: Parts, metadata = "{ name: hq }"): RuleFixture {
  const parts = Object.entries({ ...SPEC, ...spec }).filter(([, value]) => value !== "");
  const lines = parts.map(([key, value]) => `  ${key}: ${value}\n`).join("");
  return { yaml: `${HEAD}metadata: ${metadata}\nspec:\n${lines}` };
}

const HEAD = "apiVersion: stickfarm/v1\nkind: BootableMedia\n";

function metadata(text: string): RuleFixture {
  return media({}, text);
}

function points(mode: string, urls: readonly string[], more: Parts = {}): RuleFixture {
  const list = urls.map((url) => `{ url: "${url}" }`).join(", ");
  return media({ management: `{ mode: ${mode}, managementPoints: [${list}] }`, ...more });
}

function output(text: string): RuleFixture {
  return media({ output: `{ ${text} }` });
}

function security(text: string, more: Parts = {}): RuleFixture {
  return media({ security: `{ ${PASSWORD}, ${text} }`, ...more });
}

function certificate(notBefore: string, notAfter: string): RuleFixture {
  const dates = `notBefore: ${notBefore}, notAfter: ${notAfter}`;
  return security(`certificate: { selfSigned: { ${dates} } }`);
}

function files(text: string): RuleFixture {
  return media({ files: `[${text}]` });
}

function variables(...texts: readonly string[]): RuleFixture {
  return media({
    customization: `{ variables: [${texts.map((text) => `{ ${text} }`).join(", ")}] }`,
  });
}

function prestart(text: string): RuleFixture {
  return media({ customization: `{ prestart: { ${text} } }` });
}

function diskImage(spec: string): RuleFixture {
  return {
    yaml: `apiVersion: stickfarm/v1\nkind: DiskImage\nmetadata: { name: d }\nspec: ${spec}\n`,
  };
}

function taskSequence(spec: string): RuleFixture {
  const yaml = `apiVersion: stickfarm/v1\nkind: TaskSequence\nmetadata: { name: t }\nspec: ${spec}\n`;
  return { kind: "TaskSequence", yaml };
}

function withBootImage(fixture: RuleFixture, facts: Partial<BootImageFacts>): RuleFixture {
  const winpe = bootImageContent("winpe", ["x64"]);
  if (winpe.bootImage === null) return fixture;
  const changed = { ...winpe, bootImage: { ...winpe.bootImage, ...facts } };
  return {
    ...fixture,
    library: { contents: new Map([...FIXTURE_LIBRARY.contents, ["winpe", changed]]) },
  };
}

const STORED = { name: "install", revision: 1, digest: "d", preferredDeployment: null };

export const FIXTURE_LIBRARY: Library = {
  ...libraryOf(
    [
      bootImageContent("winpe", ["x64"]),
      treeContent("tools", [treeFile("ask.cmd")]),
      imageContent("debian"),
    ],
    ["media/hq", "join/hq", "pfx/hq"],
  ),
  taskSequences: new Map([["install", { ...STORED, packages: ["tools"] }]]),
};

const LARGE = bootImageContent("winpe", ["x64"], [treeFile("sources/boot.wim", 2 ** 32)]);
const NO_DRIVERS = { loaders: [], kernels: [], drivers: { declared: [], found: null } } as const;
const wim = (architecture: "x64" | "arm64") =>
  ({
    path: "sources/boot.wim",
    bootIndex: 1,
    images: [{ index: 1, name: "PE", architecture, version: "", totalBytes: 0 }],
  }) as const;

export const RULE_FIXTURES = {
  "yaml-syntax": media({ unattended: "@no" }),
  "yaml-key-repeated": media({ unattended: "false\n  unattended: false" }),
  "yaml-key-not-text": { yaml: "? [a]\n: b\n" },
  "yaml-alias-unknown": media({ unattended: "*no" }),
  "yaml-many-documents": { yaml: `${media({}).yaml}---\na: b\n` },
  "yaml-tab-indent": { yaml: "a:\n\tb: c\n" },
  "yaml-too-deep": { yaml: `${"[".repeat(60)}${"]".repeat(60)}\n` },
  "yaml-too-large": { yaml: `# ${"x".repeat(256 * 1024)}\n` },

  "definition-not-mapping": { yaml: "just text\n" },
  "field-unknown": media({ unatended: "false" }),
  "field-missing": media({ files: "[{ at: /x }]" }),
  "field-wrong-type": media({ unattended: "maybe" }),
  "choice-unknown": output("usb: { partitionTable: gtp }"),

  "name-invalid": metadata("{ name: HQ }"),
  "description-too-long": metadata(`{ name: hq, description: ${"x".repeat(128)} }`),
  "metadata-labels-too-many": metadata(
    `{ name: hq, labels: { ${Array.from({ length: 65 }, (_, at) => `a${at}: x`).join(", ")} } }`,
  ),
  "metadata-label-invalid": metadata("{ name: hq, labels: { 1st: x } }"),
  "metadata-label-too-long": metadata(`{ name: hq, labels: { a: ${"x".repeat(64)} } }`),

  "unattended-unknown-computers": security("unknownComputers: true", { unattended: "true" }),
  "unattended-asked-variable": media({
    unattended: "true",
    customization: "{ variables: [{ name: a, ask: true }] }",
  }),

  "site-code-invalid": media({ management: MANAGEMENT.replace("{", "{ siteCode: hq,") }),
  "management-points-empty": points("dynamic", []),
  "management-points-too-many": points(
    "dynamic",
    Array.from({ length: 33 }, (_, at) => `http://mp${at}`),
  ),
  "management-site-based-many": points("siteBased", ["http://a", "http://b"]),
  "management-point-not-url": points("dynamic", ["mp1"]),
  "management-point-credentials": points("dynamic", ["http://me:pw@mp1"]),
  "management-points-too-long": points(
    "dynamic",
    Array.from(
      { length: 20 },
      (_, at) => `http://mp${at}.${"x".repeat(50)}.${"y".repeat(63)}.${"z".repeat(63)}.example.net`,
    ),
  ),
  "management-point-star": points("dynamic", ["http://mp1*mp2"]),
  "management-point-path": points("dynamic", ["http://mp1/sms"]),
  "management-point-repeated": points("dynamic", ["http://mp1", "http://MP1:80/"]),
  "dynamic-pkcs12-roots": points("dynamic", ["https://mp1"], {
    security: `{ ${PASSWORD}, certificate: { pkcs12: { content: tools, passwordSecret: pfx/hq } } }`,
  }),
  "certificate-needs-http": points("dynamic", ["https://mp1"], {
    security: `{ ${PASSWORD}, certificate: { selfSigned: {} } }`,
  }),
  "certificate-needs-https": points("siteBased", ["http://mp1"], {
    security: `{ ${PASSWORD}, certificate: { pkcs12: { content: tools, passwordSecret: pfx/hq } } }`,
  }),
  "internet-dynamic": media({
    management: '{ mode: dynamic, internet: true, managementPoints: [{ url: "https://gw" }] }',
  }),
  "internet-not-https": media({
    management: '{ mode: siteBased, internet: true, managementPoints: [{ url: "http://gw" }] }',
  }),
  "internet-no-password": media({
    management: '{ mode: siteBased, internet: true, managementPoints: [{ url: "https://gw" }] }',
    security: "",
  }),

  "partition-size-invalid": output("usb: { partitionSize: tiny }"),
  "iso-file-name-invalid": output("iso: { fileName: hq.img }"),
  "iso-replaced": output("iso: { ifExists: replaceAfterSuccess }"),
  "label-empty": output('label: " "'),
  "label-forbidden-character": output('label: "A:B"'),
  "label-control-character": output('label: "A\\tB"'),
  "label-too-long": output(`label: ${"X".repeat(128)}`),
  "label-changed": output("label: MORE THAN ELEVEN"),
  "autorun-blocked": output("autorun: true"),

  "secret-name-invalid": media({ security: "{ password: { secret: Media HQ } }" }),
  "secret-unknown": media({ security: "{ password: { secret: media/oslo } }" }),
  "password-missing": media({ security: "", management: MANAGEMENT }),
  "password-weak": {
    ...media({}),
    library: { weakSecrets: new Map([["media/hq", "it is short"]]) },
  },
  "unknown-computers": security("unknownComputers: true"),
  "certificate-not-sealed": media({ security: "{ certificate: { selfSigned: {} } }" }),
  "certificate-not-one": security("certificate: {}"),
  "certificate-date-invalid": certificate("2026-02-30T00:00:00Z", "2027-12-01T00:00:00Z"),
  "certificate-ends-before-start": certificate("2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z"),
  "certificate-expired": certificate("2025-01-01T00:00:00Z", "2025-12-01T00:00:00Z"),
  "certificate-long": certificate("2026-11-01T00:00:00Z", "2029-11-01T00:00:00Z"),
  "certificate-not-yet-valid": certificate("2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z"),
  "affinity-differs": variables("name: SMSTSAssignUsersMode, value: Auto"),

  "nothing-to-write": media({ bootImage: "" }),
  "boot-image-missing": media({ bootImage: "", files: "[{ content: tools }]" }),
  "boot-image-x86": withBootImage(media({}), { architectures: ["x86", "x64"] }),
  "boot-image-not-one": media({ bootImage: "{ name: tools }" }),
  "boot-image-architecture": withBootImage(media({}), {
    details: {
      ...NO_DRIVERS,
      windowsImages: [wim("arm64")],
      drivers: { declared: ["net", "storage"], found: null },
    },
  }),
  "boot-image-wim-large": {
    ...media({}),
    library: { contents: new Map([...FIXTURE_LIBRARY.contents, ["winpe", LARGE]]) },
  },
  "boot-image-driver-missing": withBootImage(media({}), {
    details: { ...NO_DRIVERS, windowsImages: [], drivers: { declared: ["net"], found: null } },
  }),
  "boot-image-drivers-unknown": withBootImage(media({}), {
    details: { ...NO_DRIVERS, windowsImages: [wim("x64")] },
  }),
  "target-architectures-empty": media({ bootImage: "{ name: winpe, targetArchitectures: [] }" }),
  "target-architecture-repeated": media({
    bootImage: "{ name: winpe, targetArchitectures: [x64, x64] }",
  }),
  "target-cannot-start": media({ bootImage: "{ name: winpe, targetArchitectures: [arm64] }" }),
  "target-bios-only": withBootImage(
    media({ bootImage: "{ name: winpe, targetArchitectures: [x64] }" }),
    { architectures: ["x86"] },
  ),
  "content-unknown": files("{ content: nothing }"),
  "content-not-tree": files("{ content: debian }"),
  "content-not-image": diskImage("{ image: { content: tools } }"),
  "content-not-file": security(
    "certificate: { pkcs12: { content: winpe, passwordSecret: pfx/hq } }",
  ),
  "folder-relative": files("{ content: tools, at: x }"),
  "folder-reserved": files("{ content: tools, at: /StickFarm/x }"),
  "folder-not-fat": files('{ content: tools, at: "/a?b" }'),
  "files-repeated": files("{ content: tools, at: /x }, { content: tools, at: /X/ }"),

  "distribution-points-empty": media({ distributionPoints: "[]" }),
  "distribution-point-repeated": media({ distributionPoints: "[local, local]" }),
  "distribution-point-unknown": media({ distributionPoints: "[local, dp-oslo]" }),

  "task-sequence-unknown": media({ management: MANAGEMENT, taskSequence: "{ name: other }" }),
  "task-sequence-package-unknown": {
    ...media({ management: MANAGEMENT, taskSequence: "{ name: install }" }),
    library: { taskSequences: new Map([["install", { ...STORED, packages: ["gone"] }]]) },
  },
  "task-sequence-no-management": media({ taskSequence: "{ name: install }" }),
  "packages-empty": taskSequence("{}"),
  "package-repeated": taskSequence("{ packages: [tools, tools] }"),
  "deployment-id-invalid": taskSequence("{ packages: [tools], preferredDeployment: install }"),

  "variable-name-reserved": variables("name: _a, value: x"),
  "variable-name-invalid": variables("name: a b, value: x"),
  "variable-name-clash": variables("name: SMSTSMP, value: x"),
  "variable-repeated": variables("name: a, value: x", "name: A, value: y"),
  "variable-no-source": variables("name: a"),
  "variable-many-sources": variables("name: a, value: x, ask: true"),
  "variable-too-long": variables(`name: a, value: ${"x".repeat(4001)}`),
  "variable-not-text": variables('name: a, value: "x\\0"'),
  "variables-too-large": variables(
    ...["a", "b", "c"].map((name) => `name: ${name}, value: ${"x".repeat(3000)}`),
  ),
  "variable-looks-secret": variables("name: JoinPassword, value: x"),
  "variable-empty": variables('name: a, value: ""'),
  "variable-not-sealed": media({
    security: "",
    customization: "{ variables: [{ name: a, secret: join/hq }] }",
  }),
  "prestart-command-empty": prestart('command: ""'),
  "prestart-not-cmd": prestart("command: ask.cmd"),
  "prestart-drive-letter": prestart('command: "cmd /C X:\\\\ask.cmd"'),
  "prestart-looks-secret": prestart('command: "cmd /C join.cmd /pwd:x"'),
  "prestart-file-missing": {
    ...prestart("command: cmd /C other.cmd, package: tools"),
    also: ["prestart-package-open"],
  },
  "prestart-package-open": prestart("command: cmd /C ask.cmd, package: tools"),
} as const satisfies Readonly<Partial<Record<RuleId, RuleFixture>>>;
