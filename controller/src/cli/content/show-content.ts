import { renderBytes } from "@stickfarm/common/bytes";
import type {
  BootImageFacts,
  Content,
  ImageContent,
  TreeContent,
} from "@stickfarm/common/media/content";
import { listFirmwares } from "@stickfarm/common/media/list-firmwares";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { contentFromWire } from "@stickfarm/common/wire/content";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import {
  describeDrivers,
  describeKernel,
  describeLoader,
  describeWindowsImage,
} from "../boot-image/describe-facts.ts";
import type { Controller } from "../connect/controller.ts";
import { renderFields, renderTime } from "../output/render-fields.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import { writeAnswer } from "../output/write-answer.ts";
import type { Session } from "../shell/session.ts";

const FILE_COLUMNS: readonly Column<TreeFile>[] = [
  { head: "SIZE", cell: ({ blob }) => renderBytes(blob.sizeBytes), align: "right" },
  { head: "SHA256", cell: ({ blob }) => blob.sha256 },
  { head: "PATH", cell: ({ path }) => path },
];

/** Problems: content_unknown. */
export async function showContent(
  session: Session,
  controller: Controller,
  name: string,
): Promise<Result<number>> {
  const response = await controller.call(OperatorServiceService.getContent, { name });
  if (!response.ok) return response;
  if (response.value.content === undefined)
    return fail({
      code: "protocol_unsupported",
      detail: `Cannot show content "${name}": the controller's answer does not hold it`,
    });
  const content = contentFromWire(response.value.content);
  if (!content.ok) return content;
  const { bootImage } = content.value;
  const firmwares = bootImage === null ? {} : { firmwares: listFirmwares(bootImage) };
  writeAnswer(session, { ...content.value, ...firmwares }, () =>
    renderContent(content.value, session),
  );
  return ok(0);
}

function renderContent(content: Content, { color }: { readonly color: boolean }): string {
  const { name, digest, createdAtMs, body, bootImage } = content;
  const fields = renderFields([
    ["Name", name],
    ["Digest", digest],
    ["Added", renderTime(createdAtMs)],
    ...(bootImage === null ? [] : fieldsOfBootImage(bootImage)),
    ...(body.kind === "image" ? fieldsOfImage(body) : fieldsOfTree(body)),
  ]);
  if (body.kind === "image") return fields;
  return `${fields}\n${renderTable(body.files, FILE_COLUMNS, { color })}`;
}

function fieldsOfBootImage(bootImage: BootImageFacts) {
  const { architectures, biosBoot, details } = bootImage;
  const { loaders = [], kernels = [], windowsImages = [] } = details ?? {};
  return [
    ["Architectures", architectures.join(", ")],
    ["Starts under", listFirmwares(bootImage).join(", ")],
    ["BIOS boot", biosBoot],
    ["Drivers", describeDrivers(details?.drivers ?? { declared: [], found: null })],
    ...loaders.map((loader) => ["Loader", describeLoader(loader)] as const),
    ...kernels.map((kernel) => ["Kernel", describeKernel(kernel)] as const),
    ...windowsImages.flatMap((file) =>
      file.images.map((image) => ["Windows image", describeWindowsImage(file, image)] as const),
    ),
  ] as const;
}

function fieldsOfTree({ files, emptyDirectories }: TreeContent) {
  const sizeBytes = files.reduce((sum, { blob }) => sum + blob.sizeBytes, 0);
  return [
    ["Kind", "tree"],
    ["Size", `${renderBytes(sizeBytes)} in ${files.length} files`],
    ["Empty folders", emptyDirectories.join(", ")],
  ] as const;
}

function fieldsOfImage({ stored, compression, expanded, mapped, blockMapSha256 }: ImageContent) {
  const mappedBytes = mapped?.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return [
    ["Kind", "image"],
    ["Stored", `${renderBytes(stored.sizeBytes)}, ${stored.sha256}`],
    ["Compression", compression],
    ["Image", `${renderBytes(expanded.sizeBytes)}, ${expanded.sha256}`],
    ["Mapped", mappedBytes === undefined ? null : renderBytes(mappedBytes)],
    ["Block map", blockMapSha256],
  ] as const;
}
