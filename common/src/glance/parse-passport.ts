import type { SeenPassport } from "../drive/contents.ts";
import { sanitizeText } from "../sanitize-text.ts";

type Texts = {
  readonly passport: string;
  /** The plain settings or the manifest: either names the definition. */
  readonly media: string | null;
};

const ID = /^[0-9A-Za-z]{1,64}$/;
const NAME_MAX = 64;

/**
 * What a stick says of its own build; `null` when these are no words of ours. Nothing is believed: what is shown cannot
 * steer a terminal, and all that follows from it is that a yes may erase it.
 */
export function parsePassport({ passport, media }: Texts): Omit<SeenPassport, "isSealed"> | null {
  const { buildId, stickId, orderedAt } = recordOf(passport);
  if (typeof buildId !== "string" || typeof stickId !== "string") return null;
  if (!ID.test(buildId) || !ID.test(stickId)) return null;
  const orderedAtMs = typeof orderedAt === "string" ? Date.parse(orderedAt) : 0;
  return {
    buildId,
    stickId,
    media: media === null ? null : parseMedia(media),
    orderedAtMs: Number.isSafeInteger(orderedAtMs) && orderedAtMs > 0 ? orderedAtMs : 0,
  };
}

function parseMedia(text: string): SeenPassport["media"] {
  const settings = recordOf(text);
  const { name, revision } = isRecord(settings["definition"]) ? settings["definition"] : settings;
  if (typeof name !== "string" || name === "") return null;
  if (typeof revision !== "number" || !Number.isSafeInteger(revision) || revision < 1) return null;
  return { name: sanitizeText(name).slice(0, NAME_MAX), revision };
}

function recordOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
