import { expect, test } from "vitest";
import { renderNatsConfig } from "./nats-config.ts";

const CONFIG = {
  host: "127.0.0.1",
  port: 0,
  caPath: "/farm/ca.pem",
  certificatePath: "/farm/server.pem",
  keyPath: "/farm/server.key",
  storePath: "/farm/store",
  pidPath: "/farm/pid",
  anchors: {
    operatorJwt: "o.p.r",
    systemAccount: { publicKey: "ASYS", jwt: "s.y.s" },
    account: { publicKey: "AFARM", jwt: "f.a.r" },
  },
};

test("renderNatsConfig() asks for a free port unless one is given", () => {
  expect(renderNatsConfig(CONFIG)).toContain("\nport: -1\n");
  expect(renderNatsConfig({ ...CONFIG, port: 4333 })).toContain("\nport: 4333\n");
});

test("renderNatsConfig() opens one TLS port, for clients with a certificate, and nothing beside it", () => {
  const text = renderNatsConfig(CONFIG);
  expect(text).toMatch(/^tls \{$/m);
  expect(text).toMatch(/^ {2}verify: true$/m);
  expect(text).not.toMatch(/http|monitor|cluster|leaf|websocket|mqtt|4222/);
});

test("renderNatsConfig() knows both accounts and no password", () => {
  const text = renderNatsConfig(CONFIG);
  expect(text).toContain('resolver_preload {\n  ASYS: "s.y.s"\n  AFARM: "f.a.r"\n}');
  expect(text).not.toMatch(/password|token|user/);
});

test("renderNatsConfig() keeps a path with quotes and backslashes within its quotes", () => {
  const text = renderNatsConfig({ ...CONFIG, storePath: '/a "b" \\c' });
  expect(text).toContain('store_dir: "/a \\"b\\" \\\\c"\n');
});
