import { treeContent, treeFile } from "@stickfarm/common/media/test-library";
import { Secret } from "@stickfarm/common/secret";
import { expect, test } from "vitest";
import {
  BOOT,
  CANARY_PASSWORD,
  compiled,
  INSTALL,
  pathsOf,
  problemOf,
  secrets,
  TIMEOUT_MS,
  TOOLS,
  textAt,
  treeBody,
} from "./compile-fixture.ts";
import { openSettings } from "./open-settings.ts";

const POINTING = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq }
spec:
  management:
    mode: dynamic
    siteCode: P01
    managementPoints: [{ url: "http://b.example.net:80" }, { url: "http://a.example.net" }]
  bootImage: { name: winpe-x64 }
  taskSequence: { name: install-w11 }
  customization:
    variables: [{ name: OSDTimeZone, value: UTC }]
    prestart: { command: cmd /C ask.cmd, package: prestart-hq }
`;
const SEALED = POINTING.replace(
  "  bootImage:",
  "  security: { password: { secret: media/hq } }\n  bootImage:",
);
const PRESTART = treeContent("prestart-hq", [treeFile("ask.cmd"), treeFile("Sub/Ask.ini")]);
const CONTENTS = [BOOT, TOOLS, PRESTART];

test("compileManifest() points at the task sequence, with its revision and its packages", async () => {
  const { blobs } = await compiled(POINTING, CONTENTS);
  const media = JSON.parse(textAt(blobs, "stickfarm/media.json"));
  expect(media.taskSequence).toEqual({
    name: "install-w11",
    revision: 2,
    digest: INSTALL.digest,
    packages: [{ name: "tools", digest: TOOLS.digest }],
  });
  expect(media.environment).toEqual([
    { name: "SMSTSLocationMPs", value: "http://b.example.net:80*http://a.example.net" },
    { name: "_SMSTSSiteCode", value: "P01" },
    { name: "_SMSTSLaunchMode", value: "UFD+FORMAT" },
    { name: "_StickfarmUnknownComputers", value: "false" },
    { name: "SMSTSAssignUsersMode", value: "Disabled" },
    { name: "SMSTSPreferredAdvertID", value: "P0120012" },
    { name: "OSDTimeZone", value: "UTC" },
  ]);
});

test("compileManifest() puts the prestart package into a folder of ours, each file as it is", async () => {
  const { manifest, blobs } = await compiled(POINTING, CONTENTS);
  const body = treeBody(manifest);
  const folder = "stickfarm/packages/prestart-hq/";
  expect(pathsOf(body).filter((path) => path.startsWith(folder))).toEqual([
    `${folder}Sub/Ask.ini`,
    `${folder}ask.cmd`,
  ]);
  expect(body.files.find(({ path }) => path === `${folder}ask.cmd`)?.blob).toEqual(
    treeFile("ask.cmd").blob,
  );
  expect(JSON.parse(textAt(blobs, "stickfarm/media.json")).prestart).toEqual({
    command: "cmd /C ask.cmd",
    package: { name: "prestart-hq", digest: PRESTART.digest, at: `/${folder.slice(0, -1)}` },
  });
});

test("compileManifest() seals command, contacts and values, and leaves their names in the open", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { manifest, blobs } = await compiled(SEALED, CONTENTS, secrets());
  const open = textAt(blobs, "stickfarm/media.json");
  expect(open).not.toMatch(/example\.net|cmd \/C|P0120012|"UTC"|"P01"/);
  expect(JSON.parse(open)).toMatchObject({
    management: { mode: "dynamic", internet: false, sealed: true },
    prestart: { sealed: true, package: { name: "prestart-hq" } },
  });
  expect(JSON.parse(open).environment).toContainEqual({ name: "SMSTSLocationMPs", sealed: true });
  expect(pathsOf(treeBody(manifest))).toContain("stickfarm/packages/prestart-hq/ask.cmd");

  const sealed = blobs.find(({ path }) => path === "stickfarm/settings.sealed");
  const opened = await openSettings(
    sealed?.bytes ?? new Uint8Array(),
    Secret.ofText(CANARY_PASSWORD),
  );
  const settings = JSON.parse((opened.ok ? opened.value.revealText() : null) ?? "{}");
  expect(settings.prestart).toEqual({ command: "cmd /C ask.cmd" });
  expect(settings.environment[0]).toEqual({
    name: "SMSTSLocationMPs",
    value: "http://b.example.net:80*http://a.example.net",
  });
});

test("compileManifest() refuses what the stick points at and is not there, all at once", async () => {
  const text = POINTING.replace("install-w11", "install-w10");
  expect(await problemOf(text, [BOOT])).toEqual({
    code: "task_sequence_unknown",
    detail: [
      'Cannot compile "hq": spec.taskSequence.name is "install-w10", which is no task sequence that is stored here',
      'Cannot compile "hq": spec.customization.prestart.package is "prestart-hq", which is not in the content library',
    ].join("; "),
  });
  const gone = await problemOf(POINTING, [BOOT, PRESTART]);
  expect(gone?.code).toBe("content_unknown");
  expect(gone?.detail).toContain('whose package "tools" is not in the content library');
});
