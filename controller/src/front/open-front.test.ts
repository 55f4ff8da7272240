import {
  Client,
  credentials,
  type handleUnaryCall,
  type ServiceDefinition,
  status,
} from "@grpc/grpc-js";
import { KIB, MIB } from "@stickfarm/common/bytes";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import type { Problem } from "@stickfarm/common/problem";
import { parseProblemStatus, STATUS_NUMBERS } from "@stickfarm/common/wire/problem-status";
import { expect, test, vi } from "vitest";
import type { CertifiedKey } from "../trust/create-authority.ts";
import { createTestFarm, type TestFarm } from "../trust/test-farm.ts";
import type { FrontService } from "./guard-calls.ts";
import { identityOfCall } from "./identity-of-call.ts";
import { openFront } from "./open-front.ts";

vi.setConfig({ testTimeout: 30_000 });

test("openFront() gives each role its own service, and the handler the caller's identity", async () => {
  await using front = await openTestFront();
  const agent = await front.farm.agent("ws-1");
  const operator = await front.farm.operator("admin");
  expect(await front.call(agent, "/test.Agent/Ask")).toBe("agent ws-1");
  expect(await front.call(operator, "/test.Operator/Ask")).toBe("operator admin");
});

test("openFront() refuses an agent what is the operator's, and the other way round", async () => {
  await using front = await openTestFront();
  expect(await front.call(await front.farm.agent("ws-1"), "/test.Operator/Ask")).toMatchObject({
    code: "forbidden",
    detail: 'Cannot call "Ask": it needs the role "operator", "ws-1" has the role "agent"',
  });
  expect(await front.call(await front.farm.operator("ops"), "/test.Agent/Ask")).toMatchObject({
    code: "forbidden",
    detail: 'Cannot call "Ask": it needs the role "agent", "ops" has the role "operator"',
  });
});

test("openFront() lets a caller without a certificate enrol, and do nothing else", async () => {
  await using front = await openTestFront();
  expect(await front.call(null, "/test.Enrollment/Ask")).toBe("nobody");
  for (const path of ["/test.Agent/Ask", "/test.Operator/Ask"]) {
    expect(await front.call(null, path)).toMatchObject({
      code: "unauthenticated",
      detail: 'Cannot call "Ask": there is no client certificate',
    });
  }
});

test("openFront() says why a certificate does not count", async () => {
  await using front = await openTestFront();
  const { farm } = front;
  const elsewhere = await createTestFarm();
  const dayMs = 24 * 3600_000;
  const refused: readonly (readonly [CertifiedKey, RegExp])[] = [
    [await farm.agent("ws-1", Date.now() - 91 * dayMs), /has expired/],
    [await farm.agent("ws-1", Date.now() + dayMs), /not valid yet/],
    [await elsewhere.agent("ws-1"), /this farm has not issued the client certificate/],
    [await elsewhere.operator("ops"), /this farm has not issued the client certificate/],
    [farm.tls, /not made for clients/],
  ];
  for (const [key, reason] of refused) {
    const detail = expect.stringMatching(reason);
    const refusal = { code: "unauthenticated", detail };
    expect(await front.call(key, "/test.Agent/Ask")).toMatchObject(refusal);
    expect(await front.call(key, "/test.Operator/Ask")).toMatchObject(refusal);
  }
});

test("openFront() tells a hundred connections at once apart", async () => {
  await using front = await openTestFront();
  const names = Array.from({ length: 100 }, (_, index) => `ws-${index}`);
  const keys = await Promise.all(names.map((name) => front.farm.agent(name)));
  const answers = await Promise.all(keys.map((key) => front.call(key, "/test.Agent/Ask")));
  expect(answers).toEqual(names.map((name) => `agent ${name}`));
});

test("openFront() takes larger messages from those it trusts more", async () => {
  await using front = await openTestFront();
  const callers: readonly (readonly [string, CertifiedKey | null, number])[] = [
    ["/test.Enrollment/Ask", null, 64 * KIB],
    ["/test.Agent/Ask", await front.farm.agent("ws-1"), 4 * MIB],
    ["/test.Operator/Ask", await front.farm.operator("ops"), 64 * MIB],
  ];
  for (const [path, key, bytesMax] of callers) {
    expect(await front.call(key, path, Buffer.alloc(bytesMax))).toMatch(/nobody|agent|operator/);
    expect(await front.call(key, path, Buffer.alloc(bytesMax + 1))).toMatchObject({
      detail: expect.stringContaining("larger than max"),
    });
  }
});

test("STATUS_NUMBERS are grpc-js's own", () => {
  const wrong = Object.entries(STATUS_NUMBERS).filter(([name, code]) => status[code] !== name);
  expect(wrong).toEqual([]);
});

type Answer = string | Problem;

async function openTestFront() {
  const farm = await createTestFarm();
  const opened = await openFront({
    listen: { host: "127.0.0.1", port: 0 },
    tls: farm.tls,
    services: testServices(),
    handleHttp: async () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  if (!opened.ok) throw new Error(opened.problem.detail);
  const front = opened.value;
  return {
    farm,
    call: async (key: CertifiedKey | null, path: string, body?: Buffer): Promise<Answer> => {
      const client = new Client(front.address, channelCredentials(farm, key), {
        "grpc.ssl_target_name_override": CONTROLLER_HOST,
      });
      try {
        return await ask(client, path, body);
      } finally {
        client.close();
      }
    },
    [Symbol.asyncDispose]: () => front.close(0),
  };
}

function testServices(): readonly FrontService[] {
  const ask: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const identity = identityOfCall(call);
    const answer = identity === null ? "nobody" : `${identity.role} ${identity.name}`;
    callback(null, Buffer.from(answer));
  };
  return [
    { definition: define("/test.Enrollment"), implementation: { ask }, access: "anyone" },
    { definition: define("/test.Agent"), implementation: { ask }, access: "agent" },
    { definition: define("/test.Operator"), implementation: { ask }, access: "operator" },
  ];
}

function define(service: string): ServiceDefinition {
  return {
    ask: {
      path: `${service}/Ask`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

function channelCredentials({ tls }: TestFarm, key: CertifiedKey | null) {
  return credentials.createSsl(
    Buffer.from(tls.caPem),
    key && Buffer.from(key.keyPem),
    key && Buffer.from(key.certificatePem),
  );
}

async function ask(client: Client, path: string, body: Buffer = Buffer.alloc(0)): Promise<Answer> {
  return await new Promise((resolve) => {
    client.makeUnaryRequest(path, asIs, asIs, body, (error, answer) => {
      resolve(error === null ? String(answer) : parseProblemStatus(error));
    });
  });
}
