import { expect, test } from "vitest";
import { parseHostPort, renderHostPort } from "./host-port.ts";

test("parseHostPort() and renderHostPort() are each other's inverse", () => {
  const texts = ["127.0.0.1:7443", "ws.example.net:0", "[::1]:7443", "[fe80::1%eth0]:65535"];
  const back = texts.map((text) => {
    const parsed = parseHostPort(text);
    return parsed.ok ? renderHostPort(parsed.value) : parsed.problem.code;
  });
  expect(back).toEqual(texts);
});

test("parseHostPort() refuses what is not one host and one port", () => {
  const refused = [
    "",
    "localhost",
    ":7443",
    "localhost:",
    "localhost:70000",
    "localhost:-1",
    "::1:7443",
    "[::1]",
    "[localhost]:1",
    "http://localhost:7443",
    "local host:7443",
    "localhost:7443\n",
    `${"x".repeat(254)}:1`,
  ];
  expect(refused.filter((text) => parseHostPort(text).ok)).toEqual([]);
});
