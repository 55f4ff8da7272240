import "reflect-metadata";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { ExtendedKeyUsage, Pkcs10CertificateRequest } from "@peculiar/x509";
import { renderAgentToken } from "@stickfarm/common/agent-token";
import type { Problem } from "@stickfarm/common/problem";
import { pinOf } from "@stickfarm/common/rim/certificate-pin";
import { PROBLEM_METADATA_KEY, renderProblemStatus } from "@stickfarm/common/wire/problem-status";
import {
  type EnrollmentServiceServer,
  EnrollmentServiceService,
  type EnrollRequest,
  type EnrollResponse,
} from "@stickfarm/proto/stickfarm/v1/enrollment";
import { expect, test, vi } from "vitest";
import { createNatsKey } from "../nats/create-nats-key.ts";
import { enroll } from "./enroll.ts";
import { loadIdentity } from "./identity-file.ts";
import { openAuthority, type TestAuthority, type TestKey } from "./test-authority.ts";

vi.setConfig({ testTimeout: 30_000 });

const { clientAuth, serverAuth } = ExtendedKeyUsage;
const SECRET = "a".repeat(26);

test("enroll() keeps what a controller with the pinned authority answers, for its owner only", async () => {
  await using place = await openPlace();
  const authority = await openAuthority();
  await using controller = await openController(authority);
  const enrolled = await place.enroll(controller.port, authority);
  if (!enrolled.ok) throw new Error(enrolled.problem.detail);
  expect(await loadIdentity(place.directory)).toEqual(enrolled);
  expect(enrolled.value).toMatchObject({
    name: "ws-1",
    controller: `127.0.0.1:${controller.port}`,
    caPem: authority.pem,
    natsUserJwt: "jwt",
    signingKeyPem: "signing key",
  });
  const certificate = new X509Certificate(enrolled.value.certificatePem);
  expect(certificate.checkPrivateKey(createPrivateKey(enrolled.value.keyPem))).toBe(true);
  const [request] = controller.requests;
  expect(controller.requests.length).toBe(1);
  expect(request?.tokenSecret).toBe(SECRET);
  expect(request?.natsPublicKey).toMatch(/^U[A-Z2-7]{55}$/);
  expect(enrolled.value.natsSeed).toMatch(/^SU[A-Z2-7]{56}$/);
  const path = join(place.directory, "identity");
  expect(await readdir(path)).toEqual(["agent.json"]);
  const modes = [await stat(path), await stat(join(path, "agent.json"))].map(
    ({ mode }) => mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600]);
});

test("enroll() sends nothing to a server of another authority", async () => {
  await using place = await openPlace();
  const [pinned, other] = [await openAuthority(), await openAuthority()];
  await using server = await openListener(await other.issue(serverAuth), other.pem);
  expect(await place.enroll(server.port, pinned)).toMatchObject({
    problem: { code: "pin_mismatch", detail: expect.stringContaining(`127.0.0.1:${server.port}`) },
  });
  expect(await server.receivedBytes()).toBe(0);
  expect(await readdir(place.directory)).toEqual([]);
});

test("enroll() sends nothing to a server that shows the pinned authority behind a foreign certificate", async () => {
  await using place = await openPlace();
  const [pinned, other] = [await openAuthority("same name"), await openAuthority("same name")];
  await using server = await openListener(await other.issue(serverAuth), pinned.pem);
  expect(await place.enroll(server.port, pinned)).toMatchObject({
    problem: { code: "pin_mismatch", detail: expect.stringContaining("not signed by") },
  });
  expect(await server.receivedBytes()).toBe(0);
});

test("enroll() takes no agent of the same farm for the controller", async () => {
  await using place = await openPlace();
  const authority = await openAuthority();
  await using server = await openListener(await authority.issue(clientAuth), authority.pem);
  const result = await place.enroll(server.port, authority);
  expect(result).toMatchObject({ problem: { code: "controller_unreachable" } });
  expect(await server.receivedBytes()).toBe(0);
});

test("enroll() tells the controller's own refusal, and keeps nothing", async () => {
  await using place = await openPlace();
  const authority = await openAuthority();
  const refusal: Problem = { code: "token_invalid", detail: "Cannot enrol: the token was used" };
  await using controller = await openController(authority, refusal);
  const result = await place.enroll(controller.port, authority);
  expect(result).toMatchObject({ problem: refusal });
  expect(await loadIdentity(place.directory)).toMatchObject({ problem: { code: "not_enrolled" } });
});

test("enroll() keeps no answer that would not work", async () => {
  await using place = await openPlace();
  const authority = await openAuthority();
  const other = await openAuthority();
  const answers: readonly (readonly [Partial<EnrollResponse>, RegExp])[] = [
    [{ caPem: other.pem }, /another authority/],
    [{ caPem: "" }, /another authority/],
    [{ certificatePem: (await authority.issue(clientAuth)).pem }, /for another key/],
    [{ certificatePem: (await other.issue(clientAuth)).pem }, /of somebody else/],
    [{ agentName: "ws-2" }, /knows this agent as "ws-2"/],
    [{ natsUserJwt: "" }, /NATS/],
    [{ signingKeyPem: "" }, /signing key/],
  ];
  for (const [answer, reason] of answers) {
    await using controller = await openController(authority, answer);
    const detail = expect.stringMatching(reason);
    const result = await place.enroll(controller.port, authority);
    expect(result).toMatchObject({ problem: { code: "protocol_unsupported", detail } });
  }
  expect(await readdir(place.directory)).toEqual([]);
});

test("enroll() enrols again under the same name only", async () => {
  await using place = await openPlace();
  const authority = await openAuthority();
  await using controller = await openController(authority);
  const first = await place.enroll(controller.port, authority);
  const second = await place.enroll(controller.port, authority);
  expect([first.ok, second.ok]).toEqual([true, true]);
  expect(await loadIdentity(place.directory)).toEqual(second);
  expect(first).not.toEqual(second);
  const third = await place.enroll(controller.port, authority, "ws-2");
  expect(third).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining("ws-1") },
  });
  expect(controller.requests.length).toBe(2);
});

test("enroll() says what is wrong with an address", async () => {
  await using place = await openPlace();
  const authority = await openAuthority();
  await using plain = await listen(
    createTcpServer((socket) => socket.end("HTTP/1.1 400 Bad\r\n\r\n")),
  );
  const detail = expect.stringContaining("does not speak TLS");
  const problem = { code: "controller_unreachable", detail };
  expect(await place.enroll(plain.port, authority)).toMatchObject({ problem });
  const closed = await listen(createTcpServer());
  await closed[Symbol.asyncDispose]();
  expect(await place.enroll(closed.port, authority)).toMatchObject({
    problem: { code: "controller_unreachable", detail: expect.stringContaining("ECONNREFUSED") },
  });
});

async function openPlace() {
  const directory = await mkdtemp(join(tmpdir(), "stickfarm-enroll-"));
  return {
    directory,
    enroll: (port: number, authority: TestAuthority, name = "ws-1") => {
      const pin = pinOf(new X509Certificate(authority.pem));
      const token = renderAgentToken({ name, secret: SECRET, pin });
      return enroll({
        dataDirectory: directory,
        controller: `127.0.0.1:${port}`,
        token,
        createNatsKey,
      });
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** A controller as enrolment sees it; its answers can be spoilt. */
async function openController(
  authority: TestAuthority,
  spoilt: Problem | Partial<EnrollResponse> = {},
) {
  const key = await authority.issue(serverAuth);
  const requests: EnrollRequest[] = [];
  const server = new Server();
  const answer: EnrollmentServiceServer["enroll"] = async (call, callback) => {
    const { request } = call;
    requests.push(request);
    if ("detail" in spoilt) {
      const { code, details, problemBytes } = renderProblemStatus(spoilt);
      const metadata = new Metadata();
      metadata.set(PROBLEM_METADATA_KEY, Buffer.from(problemBytes));
      return callback({ code, details, metadata });
    }
    const csr = new Pkcs10CertificateRequest(request.certificateRequestPem);
    if (!(await csr.verify())) throw new Error("request does not prove its key");
    callback(null, {
      agentName: "ws-1",
      certificatePem: await authority.certify(csr.publicKey, clientAuth),
      caPem: authority.pem,
      natsUserJwt: "jwt",
      signingKeyPem: "signing key",
      ...spoilt,
    });
  };
  server.addService(EnrollmentServiceService, { enroll: answer });
  const serverCredentials = ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(key.keyPem), cert_chain: Buffer.from(key.pem + authority.pem) },
  ]);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", serverCredentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, requests, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}

/** A TLS server that counts what it is told. */
async function openListener(key: TestKey, issuerPem: string) {
  let received = 0;
  const options = { cert: key.pem + issuerPem, key: key.keyPem, ALPNProtocols: ["h2"] };
  const server = createTlsServer(options, (socket) => {
    socket.on("data", (bytes: Buffer) => {
      received += bytes.length;
    });
    socket.on("error", () => {});
  });
  server.on("tlsClientError", (_, socket) => socket.destroy());
  const listener = await listen(server);
  const settle = async () => {
    server.close();
    if (server.listening) await once(server, "close");
  };
  return {
    port: listener.port,
    /** Once every connection has ended: nothing more can come. */
    receivedBytes: async () => {
      await settle();
      return received;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function listen(server: TcpServer) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}
