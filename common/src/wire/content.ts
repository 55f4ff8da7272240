import type {
  Content as WireContent,
  BootImageFacts as WireFacts,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { ARCHITECTURES, type Architecture } from "../media/architecture.ts";
import type { BootImageFacts, Content, ContentBody } from "../media/content.ts";
import { type BlobRef, COMPRESSIONS, type Compression } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";
import { detailsFromWire, detailsToWire } from "./boot-image-details.ts";

const SHA256 = /^[0-9a-f]{64}$/;

export function contentToWire(content: Content): WireContent {
  const { name, digest, createdAtMs, bootImage } = content;
  return {
    name,
    digest,
    createdAtMs,
    bootImage: factsToWire(bootImage),
    body: bodyToWire(content.body),
  };
}

export function factsToWire(facts: BootImageFacts | null): WireFacts | undefined {
  if (facts === null) return undefined;
  const { architectures, biosBoot, details } = facts;
  return { architectures: [...architectures], biosBoot, details: detailsToWire(details) };
}

/** Problems: usage, naming what is not in the form. */
export function contentFromWire(wire: WireContent): Result<Content> {
  const body = bodyFromWire(wire.body);
  if (body === null) return malformed(wire, "its files must have paths and SHA-256 digests");
  const bootImage = factsFromWire(wire.bootImage);
  if (bootImage === "unknown")
    return malformed(
      wire,
      "its architectures must be x86, x64 or arm64, its driver classes net or storage",
    );
  const { name, digest, createdAtMs } = wire;
  return ok({ name, digest, createdAtMs, bootImage, body });
}

function malformed(wire: WireContent, what: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot register content "${wire.name}": ${what}` });
}

function bodyToWire(body: ContentBody): WireContent["body"] {
  if (body.kind === "tree")
    return {
      $case: "tree",
      value: {
        files: body.files.map((file) => ({ ...file, blob: { ...file.blob } })),
        emptyDirectories: [...body.emptyDirectories],
      },
    };
  return {
    $case: "image",
    value: {
      stored: { ...body.stored },
      compression: body.compression,
      expanded: { ...body.expanded },
      hasBlockMap: body.mapped !== null,
      mapped: (body.mapped ?? []).map((range) => ({ ...range })),
      blockMapSha256: body.blockMapSha256 ?? "",
    },
  };
}

function bodyFromWire(wire: WireContent["body"]): ContentBody | null {
  if (wire?.$case === "tree") {
    const files = [];
    for (const { path, blob, modifiedAtMs } of wire.value.files) {
      if (!isBlob(blob) || path === "") return null;
      files.push({ path, modifiedAtMs, blob: { ...blob } });
    }
    return { kind: "tree", files, emptyDirectories: [...wire.value.emptyDirectories] };
  }
  if (wire?.$case !== "image") return null;
  const { stored, expanded, compression, hasBlockMap, mapped, blockMapSha256 } = wire.value;
  if (!isBlob(stored) || !isBlob(expanded) || !isCompression(compression)) return null;
  return {
    kind: "image",
    stored: { ...stored },
    expanded: { ...expanded },
    compression,
    mapped: hasBlockMap ? mapped.map((range) => ({ ...range })) : null,
    blockMapSha256: blockMapSha256 === "" ? null : blockMapSha256,
  };
}

function factsFromWire(wire: WireFacts | undefined): BootImageFacts | null | "unknown" {
  if (wire === undefined) return null;
  const architectures: Architecture[] = [];
  for (const name of wire.architectures) {
    const known = ARCHITECTURES.find((architecture) => architecture === name);
    if (known === undefined) return "unknown";
    architectures.push(known);
  }
  const details = detailsFromWire(wire.details);
  if (details === "unknown") return "unknown";
  return { architectures, biosBoot: wire.biosBoot === "grub" ? "grub" : "none", details };
}

function isBlob(blob: BlobRef | undefined): blob is BlobRef {
  return blob !== undefined && SHA256.test(blob.sha256) && blob.sizeBytes >= 0;
}

function isCompression(text: string): text is Compression {
  return COMPRESSIONS.some((compression) => compression === text);
}
