import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { Result } from "@stickfarm/common/result";
import { openContentClient } from "@stickfarm/common/rim/content-client";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { openFront } from "../front/open-front.ts";
import type { HandleHttp } from "../front/open-http-front.ts";
import { createTestFarm } from "../trust/test-farm.ts";
import { type Library, openLibrary } from "./library.ts";
import { serveContent } from "./serve-content.ts";

export type TestRole = "agent" | "operator";

/** For tests: a library in a folder of its own behind the controller's real port. */
export async function openTestContent(
  atEnd: (close: () => Promise<void>) => void,
  wrap: (handle: HandleHttp, library: Library) => HandleHttp = (handle) => handle,
) {
  const directory = join(await makeTemporaryFolder(atEnd), "library");
  const library = unwrap(await openLibrary(directory));
  const farm = await createTestFarm();
  const errors: object[] = [];
  const front = unwrap(
    await openFront({
      listen: { host: "127.0.0.1", port: 0 },
      tls: farm.tls,
      services: [],
      handleHttp: wrap(serveContent(library), library),
      log: { info: () => {}, warn: () => {}, error: (fields) => void errors.push(fields) },
    }),
  );
  atEnd(() => front.close(0));
  const keys = { agent: await farm.agent("ws-1"), operator: await farm.operator("ops") };
  const { caPem } = farm.tls;
  const { port } = front;
  const openClient = (who: TestRole, address = `localhost:${port}`) => {
    const client = openContentClient({ address, caPem, ...keys[who], connectionsMax: 4 });
    atEnd(async () => client.close());
    return client;
  };
  return { directory, library, errors, port, caPem, keys, openClient, close: front.close };
}

export function blobOf(bytes: Uint8Array): BlobRef {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}

export function unwrap<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

/** Root may read and write everything; for the length of `work` we are not root. */
export async function asNobody<Value>(work: () => Promise<Value>): Promise<Value> {
  const nobody = 65_534;
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
