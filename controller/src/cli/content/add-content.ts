import { renderBytes } from "@stickfarm/common/bytes";
import { isIdentityName } from "@stickfarm/common/identity";
import type { BootImageFacts, Content, ContentBody } from "@stickfarm/common/media/content";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { openContentClient } from "@stickfarm/common/rim/content-client";
import { contentToWire } from "@stickfarm/common/wire/content";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { digestContent } from "../../content/content-digest.ts";
import { type LocalBlob, UPLOADS_AT_ONCE, uploadBlobs } from "../../content/upload.ts";
import type { Controller } from "../connect/controller.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { type Session, say } from "../shell/session.ts";
import type { LongStep } from "../shell/with-progress.ts";

/** What was read from this machine and is to be content. */
export type ReadContent = {
  readonly name: string;
  readonly body: ContentBody;
  readonly bootImage: BootImageFacts | null;
  readonly blobs: readonly LocalBlob[];
};

/** The controller checks it too, but only after gigabytes were sent. Problems: name_invalid. */
export function checkContentName(name: string): Result<void> {
  if (isIdentityName(name)) return ok(undefined);
  return fail({ code: "name_invalid", detail: `Cannot add content: "${name}" is no name` });
}

/**
 * Send what was read to the library, give it its name, and print it.
 *
 * Problems: those of `sendContent()`.
 */
export async function addContent(
  session: Session,
  controller: Controller,
  options: LongStep & { readonly content: ReadContent },
): Promise<Result<number>> {
  const sent = await sendContent(session, controller, options);
  if (!sent.ok) return sent;
  const { name, digest, createdAtMs, body, bootImage } = sent.value;
  const facts = body.kind === "tree" ? { fileCount: body.files.length } : { image: body.expanded };
  writeAnswer(
    session,
    { name, kind: body.kind, digest, createdAtMs, bootImage, ...facts },
    () => `Added ${name}, ${body.kind}, digest ${digest}\n`,
  );
  return ok(0);
}

/**
 * Send what was read to the library, and give it its name.
 *
 * Nothing has the name before every byte is in the library, so that a definition never meets half of a content.
 * Problems: those of `uploadBlobs()`, name_taken, name_invalid.
 */
export async function sendContent(
  session: Session,
  controller: Controller,
  { content, progress, signal }: LongStep & { readonly content: ReadContent },
): Promise<Result<Content>> {
  const { name, body, bootImage, blobs } = content;
  const { controller: address, ...keys } = controller.config;
  const client = openContentClient({ address, ...keys, connectionsMax: UPLOADS_AT_ONCE });
  try {
    const uploaded = await uploadBlobs(client, blobs, {
      signal,
      onProgress: (doneBytes, totalBytes) =>
        progress.show({ doing: "sending", doneBytes, totalBytes }),
    });
    progress.clear();
    if (!uploaded.ok) return uploaded;
    const { sentBytes, presentBytes } = uploaded.value;
    const present = presentBytes === 0 ? "" : `, ${renderBytes(presentBytes)} were there already`;
    say(session, `Sent ${renderBytes(sentBytes)}${present}`);
    const digest = digestContent({ body, bootImage });
    return await registerContent(controller, { name, digest, createdAtMs: 0, body, bootImage });
  } finally {
    client.close();
  }
}

async function registerContent(controller: Controller, content: Content): Promise<Result<Content>> {
  const response = await controller.call(OperatorServiceService.registerContent, {
    content: contentToWire(content),
  });
  if (!response.ok) return response;
  return ok({ ...content, createdAtMs: response.value.content?.createdAtMs ?? 0 });
}
