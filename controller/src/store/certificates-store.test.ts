import { expect, onTestFinished, test } from "vitest";
import type { CertificateEntry } from "./certificates-store.ts";
import { build, DIGEST, ORDER, openFarm } from "./store-fixture.ts";

test("record() keeps each certificate once for each compilation", async () => {
  const { certificates } = (await openFarm(onTestFinished)).store;
  await certificates.record(entry("A1", "m1"));
  await certificates.record(entry("A1", "m1"));
  await certificates.record(entry("A1", "m2"));
  expect(await certificates.list(10)).toHaveLength(2);
});

test("list() gives the newest, those that end first in front, each with its builds", async () => {
  const { certificates, builds } = (await openFarm(onTestFinished)).store;
  await certificates.record(entry("OLD", "m0", { notAfterMs: 1, recordedAtMs: 1 }));
  await certificates.record(entry("LATE", DIGEST, { notAfterMs: 900, recordedAtMs: 2 }));
  await certificates.record(entry("SOON", "m2", { notAfterMs: 300, recordedAtMs: 3 }));
  for (const buildId of ["b2", "b1"])
    expect((await builds.start(build(buildId), [], ORDER)).ok).toBe(true);
  const listed = await certificates.list(2);
  expect(listed.map(({ facts, buildIds }) => [facts.thumbprint, buildIds])).toEqual([
    ["SOON", []],
    ["LATE", ["b1", "b2"]],
  ]);
  expect(listed[0]).toEqual({
    ...entry("SOON", "m2", { notAfterMs: 300, recordedAtMs: 3 }),
    buildIds: [],
  });
});

test("otherMedia() names the other definitions that carry a certificate", async () => {
  const { certificates } = (await openFarm(onTestFinished)).store;
  for (const [name, manifest] of [
    ["hq", "m1"],
    ["oslo", "m2"],
    ["oslo", "m3"],
  ] as const)
    await certificates.record({ ...entry("A1", manifest), mediaName: name });
  expect(await certificates.otherMedia("A1", "hq")).toEqual(["oslo"]);
  expect(await certificates.otherMedia("A1", "new")).toEqual(["hq", "oslo"]);
  expect(await certificates.otherMedia("B2", "hq")).toEqual([]);
});

function entry(
  thumbprint: string,
  manifestSha256: string,
  { notAfterMs = 500, recordedAtMs = 5 } = {},
): CertificateEntry {
  const facts = {
    kind: "pkcs12",
    thumbprint,
    subject: "CN=x",
    notBeforeMs: 0,
    notAfterMs,
  } as const;
  return { facts, mediaName: "media", mediaRevision: 1, manifestSha256, recordedAtMs };
}
