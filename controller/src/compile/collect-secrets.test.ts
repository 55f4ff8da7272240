import type { BootableMedia, Variable } from "@stickfarm/common/media/definition";
import { toBootableMedia } from "@stickfarm/common/media/to-definition";
import { Secret } from "@stickfarm/common/secret";
import { expect, test } from "vitest";
import { collectSecrets } from "./collect-secrets.ts";

const PASSWORD = ["media/hq", "correct horse battery"] as const;
const JOIN: Variable = { kind: "secret", name: "JoinPassword", secret: "join/hq" };

test("collectSecrets() gives the password and the secret variables in order", () => {
  const variables: readonly Variable[] = [
    { kind: "plain", name: "a", value: "b" },
    JOIN,
    { kind: "ask", name: "c" },
    { kind: "secret", name: "Key", secret: "key" },
  ];
  const collected = collectSecrets(
    media(variables),
    secrets(PASSWORD, ["join/hq", "p"], ["key", "q"]),
  );
  expect(collected.ok).toBe(true);
  const parts = collected.ok ? collected.value : null;
  expect(parts?.password.revealText()).toBe(PASSWORD[1]);
  expect(parts?.variables.map(({ name, value }) => [name, value.revealText()])).toEqual([
    ["JoinPassword", "p"],
    ["Key", "q"],
  ]);
});

test("collectSecrets() has nothing to seal without a password", () => {
  expect(collectSecrets(media([], null), new Map())).toEqual({ ok: true, value: null });
});

test("collectSecrets() names everything that is missing or unfit, and no value", () => {
  const variables: readonly Variable[] = [JOIN, { kind: "secret", name: "Key", secret: "key" }];
  const weak = collectSecrets(
    media(variables),
    secrets(["media/hq", "canary1"], ["key", "canary\0"]),
  );
  expect(weak).toEqual({
    ok: false,
    problem: {
      code: "secret_weak",
      detail:
        'Cannot seal with the secret "media/hq": it has 7 characters, at least 12 are needed; ' +
        'Cannot use the secret "join/hq": it is not set; ' +
        'Cannot use the secret "key": a variable cannot hold a zero character',
    },
  });
});

test.each([
  ["media/hq", new Uint8Array(16).fill(0xff), "it is not text in UTF-8, so nobody can type it"],
  ["join/hq", new Uint8Array(16).fill(0xff), "a variable must be text in UTF-8"],
  ["join/hq", Buffer.from("x".repeat(4001)), "it has 4001 characters, a variable has at most 4000"],
])("collectSecrets() refuses %s of the wrong form", (name, bytes, why) => {
  const values = new Map([...secrets(PASSWORD, ["join/hq", "p"]), [name, new Secret(bytes)]]);
  expect(collectSecrets(media([JOIN]), values)).toEqual({
    ok: false,
    problem: { code: "secret_unusable", detail: `Cannot use the secret "${name}": ${why}` },
  });
});

test("collectSecrets() counts secret values into the bytes that all variables may take", () => {
  const variables: readonly Variable[] = [
    { kind: "plain", name: "a", value: "x".repeat(3999) },
    { kind: "secret", name: "b", secret: "one" },
    { kind: "secret", name: "c", secret: "two" },
  ];
  const fit = secrets(PASSWORD, ["one", "x".repeat(4000)], ["two", "x".repeat(190)]);
  expect(collectSecrets(media(variables), fit).ok).toBe(true);
  const unfit = secrets(PASSWORD, ["one", "x".repeat(4000)], ["two", "x".repeat(191)]);
  expect(collectSecrets(media(variables), unfit)).toEqual({
    ok: false,
    problem: {
      code: "secret_unusable",
      detail:
        "Cannot put the variables on the stick: with their secret values they take 8193 bytes, at most 8192 are possible",
    },
  });
});

function media(variables: readonly Variable[], secret: string | null = "media/hq"): BootableMedia {
  const definition = toBootableMedia({
    apiVersion: "stickfarm/v1",
    kind: "BootableMedia",
    metadata: { name: "hq" },
    spec: { ...(secret === null ? {} : { security: { password: { secret } } }) },
  });
  return { ...definition, spec: { ...definition.spec, variables } };
}

function secrets(...entries: readonly (readonly [string, string])[]): ReadonlyMap<string, Secret> {
  return new Map(entries.map(([name, value]) => [name, Secret.ofText(value)]));
}
