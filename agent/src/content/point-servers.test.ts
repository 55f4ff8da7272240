import { ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import type { BlobServer } from "./blob-server.ts";
import { countBytes } from "./count-bytes.ts";
import { openPointServers } from "./point-servers.ts";
import { refOf } from "./test-library.ts";

const LOCAL = { name: "local", place: { kind: "local" } } as const;
const SHARE = { name: "dp", place: { kind: "directory", path: "/nowhere" } } as const;

function openTestServer() {
  const closed: string[] = [];
  const local: BlobServer = {
    name: "local",
    read: async (_, startByte, { take }) => take(Buffer.alloc(10 - startByte)),
    close: () => void closed.push("local"),
  };
  return { closed, local };
}

test("of() opens each place once, in the order's order, and a new one for a name that has moved", () => {
  const { local } = openTestServer();
  const servers = openPointServers(local);
  const [share, itself] = servers.of([SHARE, LOCAL]);
  expect(itself).toBe(local);
  expect(servers.of([LOCAL, SHARE])).toEqual([itself, share]);
  expect(servers.of([SHARE])[0]).toBe(share);
  const moved = { ...SHARE, place: { ...SHARE.place, path: "/elsewhere" } };
  expect(servers.of([moved])[0]).not.toBe(share);
});

test("close() leaves the controller to its owner, however many points there were", () => {
  const { closed, local } = openTestServer();
  const servers = openPointServers(local);
  servers.of([LOCAL]);
  for (let index = 0; index < 100; index++) servers.of([{ ...SHARE, name: `dp-${index}` }]);
  expect(servers.of([LOCAL])).toEqual([local]);
  servers.close();
  expect(closed).toEqual([]);
});

test("countBytes() tells who has given how much", async () => {
  const { local } = openTestServer();
  const { servers, read } = countBytes([local, { ...local, name: "dp" }]);
  const options = { take: async () => ok(undefined), pace: null, signal: AbortSignal.abort() };
  const blob = refOf(Buffer.alloc(10));
  await servers[1]?.read(blob, 0, options);
  await servers[1]?.read(blob, 4, options);
  expect(read()).toEqual({ dp: 16 });
});
