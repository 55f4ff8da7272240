import { z } from "zod";
import { VOLUME_SIZES } from "./definition.ts";

/** What is read back from /stickfarm/media.json; all else that it says stays as it is. */
export type MediaJson = {
  readonly formatVersion: 1;
  readonly name: string;
  /** Counts from 1. */
  readonly revision: number;
  readonly output: {
    readonly label: string;
    readonly autorun: boolean;
    readonly iso: {
      readonly fileName: string;
      readonly volumeSize: (typeof VOLUME_SIZES)[number];
      readonly ifExists: "fail" | "replaceAfterSuccess";
    };
  };
  /** `null`: it has none. */
  readonly bootImage: { readonly name: string } | null;
};

const Shape = z.object({
  formatVersion: z.literal(1),
  name: z.string(),
  revision: z.int().min(1),
  output: z.object({
    label: z.string(),
    autorun: z.boolean(),
    iso: z.object({
      fileName: z.string().regex(/^[^/\0]+\.iso$/iu),
      volumeSize: z.enum(VOLUME_SIZES),
      ifExists: z.enum(["fail", "replaceAfterSuccess"]),
    }),
  }),
  bootImage: z.object({ name: z.string() }).nullable(),
});

/** `null` when the text is none: it may come from a disc that anyone has made. */
export function parseMediaJson(text: string): MediaJson | null {
  try {
    const parsed = Shape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
