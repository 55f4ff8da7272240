import { renderBytes } from "@stickfarm/common/bytes";
import type { ContentSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import type { Column } from "../output/render-table.ts";

export const CONTENT_COLUMNS: readonly Column<ContentSummary>[] = [
  { head: "NAME", cell: ({ name }) => name },
  { head: "KIND", cell: ({ kind }) => kind },
  { head: "SIZE", cell: ({ sizeBytes }) => renderBytes(sizeBytes), align: "right" },
  { head: "FILES", cell: ({ fileCount }) => fileCount, align: "right" },
  { head: "DIGEST", cell: ({ digest }) => digest.slice(0, 12) },
  { head: "ADDED", cell: ({ createdAtMs }) => renderTime(createdAtMs) },
];
