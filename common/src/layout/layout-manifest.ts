import type { Manifest } from "../media/manifest.ts";
import type { Result } from "../result.ts";
import type { Layout } from "./layout.ts";
import { layoutImage } from "./layout-image.ts";
import { layoutTree, type TreeInput } from "./layout-tree.ts";

export type LayoutInput = Omit<TreeInput, "body"> & { readonly body: Manifest["body"] };

/**
 * What every byte of this drive shall become, by the manifest.
 *
 * Shape:    an image is written as it is: it takes neither identity nor boot code, and stamps behind its end.
 * Problems: those of layoutImage and layoutTree.
 */
export function layoutManifest({ body, ...input }: LayoutInput): Result<Layout> {
  return body.kind === "image" ? layoutImage(body, input) : layoutTree({ body, ...input });
}
