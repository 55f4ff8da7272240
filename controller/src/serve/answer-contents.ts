import { isIdentityName as isName } from "@stickfarm/common/identity";
import type { Content } from "@stickfarm/common/media/content";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { contentFromWire, contentToWire, factsToWire } from "@stickfarm/common/wire/content";
import type { ContentSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { whyNotContent } from "../content/check-content.ts";
import { digestContent } from "../content/content-digest.ts";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Farm } from "./farm.ts";

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
      const problem = await whyNotContent(parsed.value, farm.library.sizeOf);
      if (problem !== null) return fail(problem);
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
