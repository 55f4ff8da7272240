import type { VolumeKind } from "../drive/contents.ts";

export type VolumeIdentity = { readonly kind: VolumeKind; readonly label: string };
