import { z } from "zod";
import { renderPrettyJson } from "../canonical-json.ts";
import type { BlobRef } from "../media/manifest.ts";
import { OUR_FOLDER } from "../media/stick-path.ts";

export const VOLUME_JSON_PATH = `${OUR_FOLDER}/volume.json`;

/** /stickfarm/volume.json: which disc of which set this is, and what lies on it. The signed manifest vouches for the files. */
export type VolumeJson = {
  readonly formatVersion: 1;
  /** Of the set: discs belong together when they have the same. */
  readonly manifestSha256: string;
  /** Counts from 1. */
  readonly volume: number;
  readonly of: number;
  readonly files: readonly (BlobRef & { readonly path: string })[];
};

const SHA256 = /^[0-9a-f]{64}$/;
const VOLUMES_MAX = 10_000;

const Shape = z.object({
  formatVersion: z.literal(1),
  manifestSha256: z.string().regex(SHA256),
  volume: z.int().min(1).max(VOLUMES_MAX),
  of: z.int().min(1).max(VOLUMES_MAX),
  files: z.array(
    z.object({
      path: z.string().min(1),
      sha256: z.string().regex(SHA256),
      sizeBytes: z.int().min(0),
    }),
  ),
});

export function renderVolumeJson(volume: VolumeJson): string {
  return renderPrettyJson(volume);
}

/** `null` when the text is none: it comes from a disc that anyone may have made. */
export function parseVolumeJson(text: string): VolumeJson | null {
  const parsed = Shape.safeParse(parseJson(text));
  return parsed.success && parsed.data.volume <= parsed.data.of ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
