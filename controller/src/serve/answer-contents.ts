import { isIdentityName as isName } from "@stickfarm/common/identity";
import type { Content } from "@stickfarm/common/media/content";
import { blobsOfContent } from "@stickfarm/common/media/content-blobs";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { contentFromWire, contentToWire, factsToWire } from "@stickfarm/common/wire/content";
import type { ContentSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { digestContent } from "../content/content-digest.ts";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Farm } from "./farm.ts";

/** Blobs named when content is missing: enough to see what is wrong, not a list of thousands. */
const MISSING_NAMED_MAX = 5;

type Answers = Pick<OperatorAnswers, "registerContent" | "listContents" | "getContent">;

export function answerContents(farm: Farm): Answers {
  return {
    registerContent: async ({ content }) => {
      const parsed = content === undefined ? usage() : contentFromWire(content);
      if (!parsed.ok) return parsed;
      if (!isName(parsed.value.name))
        return fail({
          code: "name_invalid",
          detail: `Cannot add content: "${parsed.value.name}" is no name`,
        });
      const missing = await missingBlobs(farm, parsed.value);
      if (missing.length > 0)
        return fail({
          code: "content_missing",
          detail: `Cannot add content "${parsed.value.name}": ${missing.length} of its files are not in the library (${missing.slice(0, MISSING_NAMED_MAX).join(", ")})`,
        });
      // What it is called is what it is: nobody's word is taken for a digest.
      const digest = digestContent(parsed.value);
      const added = await farm.store.contents.add({
        ...parsed.value,
        digest,
        createdAtMs: farm.nowMs(),
      });
      return added.ok ? ok({ content: contentToWire(added.value) }) : added;
    },
    listContents: async ({ bootImages }) => {
      const contents = await farm.store.contents.list();
      const shown = contents.filter(({ bootImage }) => !bootImages || bootImage !== null);
      return ok({ contents: shown.map(summarise) });
    },
    getContent: async ({ name }) => {
      const content = await farm.store.contents.find(name);
      if (content === null) return fail(contentUnknown("show", name));
      return ok({ content: contentToWire(content) });
    },
  };
}

export function contentUnknown(what: string, name: string): Problem {
  return { code: "content_unknown", detail: `Cannot ${what} content "${name}": there is none` };
}

/** Paths, or the image, whose bytes the library does not hold. */
async function missingBlobs(farm: Farm, content: Content): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { path, blob } of blobsOfContent(content)) {
    if (!(await farm.library.has(blob.sha256))) missing.push(path);
  }
  return missing;
}

function summarise(content: Content): ContentSummary {
  const { name, digest, createdAtMs, body, bootImage } = content;
  const files = body.kind === "tree" ? body.files : [];
  return {
    name,
    digest,
    createdAtMs,
    kind: body.kind,
    fileCount: body.kind === "tree" ? files.length : 1,
    sizeBytes:
      body.kind === "image"
        ? body.expanded.sizeBytes
        : files.reduce((sum, { blob }) => sum + blob.sizeBytes, 0),
    bootImage: factsToWire(bootImage),
  };
}

function usage(): Result<never> {
  return fail({ code: "usage", detail: "Cannot add content: the request holds none" });
}
