import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeImage } from "@stickfarm/common/glance/describe-image";
import type { GrubImages } from "@stickfarm/common/layout/bios-boot";
import type { StampFile } from "@stickfarm/common/layout/extent";
import type { Layout } from "@stickfarm/common/layout/layout";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { IMAGE_SIGHT_PATH } from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { WriterOrder } from "./writer-protocol.ts";

/**
 * What every byte of the order's drive shall become.
 *
 * Problems: those of layoutManifest; cache_corrupt, when boot code or the image in the cache cannot be read, or boot code
 *           has changed.
 */
export async function layoutOrder(order: WriterOrder): Promise<Result<Layout>> {
  const { body, geometry, identity } = order;
  const biosBoot = await readBootCode(order);
  if (!biosBoot.ok) return biosBoot;
  const sight = await imageSight(order);
  if (!sight.ok) return sight;
  const stamps = [...order.stamps, ...sight.value];
  return layoutManifest({ body, geometry, identity, stamps, biosBoot: biosBoot.value });
}

/** Every blob whose pieces the layout may name. Boot code is not among them: it becomes bytes of the layout. */
export function blobsOf({ body }: WriterOrder): readonly BlobRef[] {
  return body.kind === "image" ? [body.expanded] : body.files.map(({ blob }) => blob);
}

/** How the image looks, for the record behind it. */
async function imageSight({
  body,
  geometry,
  stamps,
  cacheDirectory,
}: WriterOrder): Promise<Result<readonly StampFile[]>> {
  const [stamp] = stamps;
  if (body.kind !== "image" || body.passport !== true || stamp === undefined) return ok([]);
  const path = join(cacheDirectory, body.expanded.sha256);
  const sight = await readFileParts(path, (read) => describeImage(read, geometry)).catch(
    (error: Error) => error,
  );
  if (!(sight instanceof Error))
    return ok([{ ...stamp, path: IMAGE_SIGHT_PATH, bytes: Buffer.from(sight) }]);
  const detail = `Cannot read the image "${path}": ${sight.message}`;
  return fail({ code: "cache_corrupt", detail, cause: sight });
}

async function readFileParts<Out>(
  path: string,
  body: (read: ReadBytes) => Promise<Out>,
): Promise<Out> {
  const file = await open(path);
  try {
    return await body(async (offsetBytes, lengthBytes) => {
      const buffer = Buffer.alloc(lengthBytes);
      const { bytesRead } = await file.read(buffer, 0, lengthBytes, offsetBytes);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await file.close();
  }
}

async function readBootCode({
  body,
  cacheDirectory,
}: WriterOrder): Promise<Result<GrubImages | null>> {
  if (body.kind === "image" || body.biosBoot.kind === "none") return ok(null);
  const boot = await readWhole(cacheDirectory, body.biosBoot.boot);
  if (!boot.ok) return boot;
  const core = await readWhole(cacheDirectory, body.biosBoot.core);
  return core.ok ? ok({ boot: boot.value, core: core.value }) : core;
}

async function readWhole(cacheDirectory: string, blob: BlobRef): Promise<Result<Uint8Array>> {
  const path = join(cacheDirectory, blob.sha256);
  const bytes = await readFile(path).catch((error: Error) => error);
  const detail = `Cannot read the boot code "${path}"`;
  if (bytes instanceof Error) {
    return fail({ code: "cache_corrupt", detail: `${detail}: ${bytes.message}`, cause: bytes });
  }
  // Only a tree with boot code needs it, and it takes as long to load as half of a writer's own code.
  const { createHash } = await import("node:crypto");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === blob.sha256) return ok(bytes);
  return fail({ code: "cache_corrupt", detail: `${detail}: it has changed since it was checked` });
}
