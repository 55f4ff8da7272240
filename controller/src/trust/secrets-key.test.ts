import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import {
  checkOfSecretsKey,
  ensureSecretsKey,
  matchSecretsKey,
  readSecretsKey,
  type SecretsKeyFile,
} from "./secrets-key.ts";

test("ensureSecretsKey() makes a key for its owner only, and gives the same one again", async () => {
  const { data, path } = await openPlace();
  const file = { kind: "file", path: join(path, "new/folder/secrets.key") } as const;
  const made = await ensureSecretsKey(file, data);
  expect(made.ok && made.value.length).toBe(32);
  expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  expect(await ensureSecretsKey(file, data)).toEqual(made);
  expect(await readSecretsKey(file, data)).toEqual(made);
});

test("ensureSecretsKey() of several at once gives all the same key, and leaves nothing else", async () => {
  const { data, path } = await openPlace();
  const file = { kind: "file", path: join(path, "secrets.key") } as const;
  const keys = await Promise.all(Array.from({ length: 8 }, () => ensureSecretsKey(file, data)));
  const shown = keys.map((key) => (key.ok ? Buffer.from(key.value).toString("hex") : key));
  expect(new Set(shown).size).toBe(1);
  expect(await readdir(path)).toEqual(["data", "secrets.key"]);
});

test("ensureSecretsKey() makes no credential: only systemd does", async () => {
  const { data, path } = await openPlace();
  const file = { kind: "credential", path: join(path, "stickfarm-secrets.key") } as const;
  expect(await ensureSecretsKey(file, data)).toMatchObject({
    problem: { code: "secrets_key_missing" },
  });
  expect(await readdir(path)).toEqual(["data"]);
});

const REFUSED: readonly (readonly [
  why: string,
  file: { readonly kind: SecretsKeyFile["kind"]; readonly name: string },
  made: { readonly bytes: number; readonly mode: number } | null,
  code: string,
  detail: RegExp,
])[] = [
  ["that is missing", { kind: "file", name: "k" }, null, "secrets_key_missing", /there is none/],
  [
    "of others",
    { kind: "file", name: "k" },
    { bytes: 32, mode: 0o604 },
    "secrets_key_exposed",
    /mode 0604/,
  ],
  [
    "of a group",
    { kind: "file", name: "k" },
    { bytes: 32, mode: 0o640 },
    "secrets_key_exposed",
    /0640/,
  ],
  [
    "of all",
    { kind: "credential", name: "k" },
    { bytes: 32, mode: 0o444 },
    "secrets_key_exposed",
    /0444/,
  ],
  [
    "too short",
    { kind: "file", name: "k" },
    { bytes: 31, mode: 0o600 },
    "secrets_key_wrong",
    /31 bytes/,
  ],
  [
    "too long",
    { kind: "file", name: "k" },
    { bytes: 99, mode: 0o600 },
    "secrets_key_wrong",
    /more than 32/,
  ],
  [
    "inside",
    { kind: "file", name: "data/k" },
    { bytes: 32, mode: 0o600 },
    "secrets_key_exposed",
    /outside/,
  ],
  ["below", { kind: "file", name: "data/a/../b/k" }, null, "secrets_key_exposed", /outside/],
];

test.each(REFUSED)(
  "readSecretsKey() refuses a key %s",
  async (_, { kind, name }, made, code, detail) => {
    const { data, path } = await openPlace();
    const file = join(path, name);
    if (made !== null) await writeFile(file, Buffer.alloc(made.bytes, 0x6b), { mode: made.mode });
    if (made !== null) await chmod(file, made.mode);
    const read = await readSecretsKey({ kind, path: file }, data);
    expect(read).toMatchObject({ problem: { code, detail: expect.stringMatching(detail) } });
    expect(JSON.stringify(read)).not.toContain("kkk");
  },
);

test("readSecretsKey() takes a credential with the access list of systemd", async () => {
  const { data, path } = await openPlace();
  const file = join(path, "stickfarm-secrets.key");
  await writeFile(file, Buffer.alloc(32), { mode: 0o440 });
  await chmod(file, 0o440);
  expect((await readSecretsKey({ kind: "credential", path: file }, data)).ok).toBe(true);
});

test("matchSecretsKey() knows its key, and tells nothing of it", () => {
  const key = Buffer.alloc(32, 1);
  const check = checkOfSecretsKey(key);
  expect(check).not.toContain(key.toString("hex"));
  expect(matchSecretsKey(key, { check: `${check}\n`, path: "k" }).ok).toBe(true);
  for (const other of [checkOfSecretsKey(Buffer.alloc(32, 2)), "", check.slice(1)])
    expect(matchSecretsKey(key, { check: other, path: "k" })).toMatchObject({
      problem: { code: "secrets_key_wrong" },
    });
  // Whoever changes how the check is made locks every farm out.
  expect(check).toBe("eee8a64a7c457c6cd88041d8bd2324323580be68bd9db38256bace2098a5cba5");
});

async function openPlace() {
  const path = await makeTemporaryFolder(onTestFinished);
  const data = join(path, "data");
  await mkdir(data);
  return { path, data };
}
