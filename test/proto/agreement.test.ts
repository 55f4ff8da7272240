/**
 * The generated code and an independent reader of the same .proto files (protobufjs, by @grpc/proto-loader) must agree:
 * on every call, and on the bytes of every message. A generator's option, its bug, or generated code of yesterday shows.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROBLEMS } from "@stickfarm/common/problem";
import * as agent from "@stickfarm/proto/stickfarm/v1/agent";
import * as enrollment from "@stickfarm/proto/stickfarm/v1/enrollment";
import * as operator from "@stickfarm/proto/stickfarm/v1/operator";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  lastPart,
  listMessages,
  loadDefinitions,
  PROTO_FILES,
  PROTO_FOLDER,
} from "./read-protos.ts";
import { sampleMessage, toGenerated } from "./sample-message.ts";

const SEED = 20261122;
const SAMPLES = 100;

type Codec = {
  readonly encode: (value: unknown) => { readonly finish: () => Uint8Array };
  readonly decode: (bytes: Uint8Array) => unknown;
};

const generated: Readonly<Record<string, unknown>> = { ...agent, ...enrollment, ...operator };
const codecOf = (name: string): Codec => generated[name] as Codec;
const definitions = loadDefinitions();
const messages = new Map(listMessages(definitions).map((message) => [message.name, message]));
const shapeOf = (methods: object): unknown =>
  Object.values(methods)
    .map(({ path, requestStream, responseStream }) => ({ path, requestStream, responseStream }))
    .sort((a, b) => a.path.localeCompare(b.path));

test("agreement: every call has the same path and streams on both sides", () => {
  const services = Object.entries(definitions).filter(([name]) => name.endsWith("Service"));
  expect(services.map(([name]) => lastPart(name)).sort()).toEqual([
    "AgentService",
    "EnrollmentService",
    "OperatorService",
  ]);
  for (const [name, methods] of services) {
    const ours = generated[`${lastPart(name)}Service`] as object;
    expect(shapeOf(ours)).toEqual(shapeOf(methods));
  }
});

test("agreement: every enum has the same values", () => {
  const { AttemptPhase } = agent;
  const phases = definitions["stickfarm.v1.AttemptPhase"]?.["type"] as unknown as {
    readonly value: readonly { readonly name: string; readonly number: number }[];
  };
  const read = phases.value.map(({ name, number }) => [name.replace("ATTEMPT_PHASE_", ""), number]);
  expect(Object.fromEntries(read)).toEqual({ ...AttemptPhase, UNRECOGNIZED: undefined });
});

test.each([...messages.keys()])("agreement: %s means the same to both", (name) => {
  const message = messages.get(name);
  if (message === undefined) throw new Error(`No message ${name}`);
  const codec = codecOf(name);
  const law = fc.property(sampleMessage(message, messages), (plain) => {
    const value = toGenerated(plain, message, messages);
    const theirs = message.serialize(plain);
    expect(codec.decode(theirs)).toEqual(value);
    const ours = Buffer.from(codec.encode(value).finish());
    expect(message.deserialize(ours)).toEqual(message.deserialize(theirs));
  });
  fc.assert(law, { seed: SEED, numRuns: SAMPLES });
});

test("agreement: a number that a double cannot hold is refused, never rounded", () => {
  const largest = messages.get("Blob")?.serialize({ sizeBytes: "9007199254740993" });
  expect(() => operator.Blob.decode(largest ?? Buffer.alloc(0))).toThrow(/MAX_SAFE_INTEGER/);
});

test("agreement: every problem that a call's comment names is in the table", () => {
  const texts = PROTO_FILES.map((file) => readFileSync(join(PROTO_FOLDER, file), "utf8"));
  const lists = texts.join("\n").matchAll(/Problems: ([^.]+)\./g);
  const codes = [...lists].flatMap((list) =>
    (list[1] ?? "").replace(/\([^)]*\)/g, "").match(/\w+/g),
  );
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => code === null || !Object.hasOwn(PROBLEMS, code))).toEqual([]);
});
