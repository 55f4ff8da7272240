import type { DistributionPoint } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";

/** A distribution point as programs read it: fields that its kind does not have are `null`. */
export type PointView = {
  readonly name: string;
  readonly kind: string;
  readonly path: string | null;
  readonly url: string | null;
  readonly caPem: string | null;
  readonly contents: readonly string[];
  readonly createdAtMs: number;
};

export const POINT_COLUMNS: readonly Column<PointView>[] = [
  { head: "NAME", cell: ({ name }) => name },
  { head: "KIND", cell: ({ kind }) => kind },
  { head: "PLACE", cell: ({ path, url }) => path ?? url ?? "the controller" },
  { head: "CONTENTS", cell: ({ contents }) => contents.length, align: "right" },
  { head: "ADDED", cell: ({ createdAtMs }) => renderTime(createdAtMs) },
];

export function viewPoint({ name, place, contents, createdAtMs }: DistributionPoint): PointView {
  const none = { path: null, url: null, caPem: null };
  const common = { name, contents, createdAtMs };
  switch (place?.place?.$case) {
    case "local":
      return { ...common, ...none, kind: "local" };
    case "directory":
      return { ...common, ...none, kind: "directory", path: place.place.value.path };
    case "http": {
      const { url, caPem } = place.place.value;
      return { ...common, ...none, kind: "http", url, caPem: caPem === "" ? null : caPem };
    }
    case undefined:
      return { ...common, ...none, kind: "unknown" };
  }
}
