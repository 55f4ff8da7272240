import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type DiscBoot, findDiscBoot, whereOnSet } from "@stickfarm/common/iso/find-disc-boot";
import { nameVolumes, type VolumeName } from "@stickfarm/common/iso/name-volumes";
import { planVolumes, type Volume } from "@stickfarm/common/iso/plan-volumes";
import { volumeBytesOf } from "@stickfarm/common/iso/volume-size";
import type { TreeBody } from "@stickfarm/common/media/manifest";
import { type MediaJson, parseMediaJson } from "@stickfarm/common/media/parse-media-json";
import { MEDIA_JSON_PATH } from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { contentFromWire } from "@stickfarm/common/wire/content";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { layoutBootVolume } from "../../iso/write-boot-volume.ts";
import type { Controller } from "../connect/controller.ts";
import { type CompiledMedia, fetchBlobs } from "../connect/fetch-media.ts";

/** What discs a compiled revision becomes. */
export type IsoPlan = {
  readonly compiled: CompiledMedia;
  readonly body: TreeBody;
  readonly manifestSha256: string;
  readonly settings: MediaJson;
  readonly boot: DiscBoot;
  readonly volumes: readonly (Volume & VolumeName)[];
};

export type PlanIsoOptions = {
  /** Room on one disc instead of the definition's, bytes; `null`: as large as it gets. */
  readonly volumeBytes: number | null | undefined;
  /** For what is fetched. */
  readonly directory: string;
  readonly signal: AbortSignal;
};

/** GRUB's image for discs and its head, or ISOLINUX with its catalog; more than any of them has. */
const BIOS_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Problems: usage for a DiskImage, volume_too_small, boot_code_unfit, protocol_unsupported, and those of fetching what the
 *           revision says of itself.
 */
export async function planIso(
  controller: Controller,
  compiled: CompiledMedia,
  options: PlanIsoOptions,
): Promise<Result<IsoPlan>> {
  const { body } = compiled.manifest;
  const { name } = compiled.media;
  if (body.kind === "image") {
    const detail = `Cannot make ISO images of "${name}": it is a DiskImage, which is written as it is, it must be BootableMedia`;
    return fail({ code: "usage", detail });
  }
  const settings = await fetchSettings(controller, body, { name, ...options });
  if (!settings.ok) return settings;
  const bootImagePaths = await fetchBootImagePaths(controller, settings.value);
  if (!bootImagePaths.ok) return bootImagePaths;
  const boot = findDiscBoot(body.files, body.biosBoot);
  const bootBytes = measureBoot(boot);
  if (!bootBytes.ok) return bootBytes;
  const { iso, label } = settings.value.output;
  const files = body.files.map((file) => ({
    ...file,
    where: whereOnSet(file.path, bootImagePaths.value),
  }));
  const volumes = planVolumes({
    files,
    emptyDirectories: body.emptyDirectories,
    volumeBytes:
      options.volumeBytes === undefined ? volumeBytesOf(iso.volumeSize) : options.volumeBytes,
    bootBytes: bootBytes.value,
    stampBytes: compiled.manifestBytes.length,
  });
  if (!volumes.ok) return volumes;
  const names = nameVolumes({ fileName: iso.fileName, label }, volumes.value.length);
  const manifestSha256 = createHash("sha256").update(compiled.manifestBytes).digest("hex");
  const named = names.flatMap((each, index) => {
    const volume = volumes.value[index];
    return volume === undefined ? [] : [{ ...volume, ...each }];
  });
  return ok({ compiled, body, manifestSha256, settings: settings.value, boot, volumes: named });
}

async function fetchSettings(
  controller: Controller,
  body: TreeBody,
  { name, directory, signal }: Omit<PlanIsoOptions, "volumeBytes"> & { readonly name: string },
): Promise<Result<MediaJson>> {
  const detail = `Cannot make ISO images of "${name}": its manifest holds no "${MEDIA_JSON_PATH}" that this version knows`;
  const blob = body.files.find(({ path }) => path === MEDIA_JSON_PATH)?.blob;
  if (blob === undefined) return fail({ code: "protocol_unsupported", detail });
  const fetched = await fetchBlobs(controller, [blob], { directory, signal });
  if (!fetched.ok) return fetched;
  const settings = parseMediaJson(await readFile(`${directory}/${blob.sha256}`, "utf8"));
  return settings === null ? fail({ code: "protocol_unsupported", detail }) : ok(settings);
}

/** In lower case. */
async function fetchBootImagePaths(
  controller: Controller,
  { bootImage }: MediaJson,
): Promise<Result<ReadonlySet<string>>> {
  if (bootImage === null) return ok(new Set());
  const { name } = bootImage;
  const response = await controller.call(OperatorServiceService.getContent, { name });
  if (!response.ok) return response;
  const content = response.value.content ? contentFromWire(response.value.content) : null;
  if (content?.ok === false) return content;
  const body = content?.value.body;
  const files = body?.kind === "tree" ? body.files : [];
  return ok(new Set(files.map(({ path }) => path.toLowerCase())));
}

function measureBoot({ bios, uefi }: DiscBoot): Result<number> {
  const biosBytes = bios.kind === "none" ? 0 : BIOS_BYTES_MAX;
  if (uefi.kind === "none") return ok(biosBytes);
  if (uefi.kind === "image") return ok(biosBytes + uefi.image.sizeBytes);
  const layout = layoutBootVolume({ files: uefi.files, volumeId: 0, volumeLabel: "" });
  return layout.ok ? ok(biosBytes + layout.value.driveBytes) : layout;
}
