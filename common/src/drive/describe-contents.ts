import type { DriveContents, SeenPassport, SeenVolume } from "./contents.ts";

/** One line of a table: "hq@3, sealed", "fat32 HOLIDAYS, ntfs", "blank"; empty before anybody has looked. */
export function describeContents(contents: DriveContents): string {
  switch (contents.kind) {
    case "unseen":
      return "";
    case "unreadable":
      return "unreadable";
    case "seen":
      if (contents.passport !== null) return describePassport(contents.passport);
      return contents.volumes.length === 0
        ? `${contents.table} without partitions`
        : contents.volumes.map(describeVolume).join(", ");
  }
}

function describePassport({ media, buildId, isSealed }: SeenPassport): string {
  const what = media === null ? `build ${buildId}` : `${media.name}@${media.revision}`;
  return `${what}, ${isSealed ? "sealed" : "never sealed"}`;
}

/** "ext4 backup". */
export function describeVolume({ kind, label }: Pick<SeenVolume, "kind" | "label">): string {
  return label === "" ? kind : `${kind} ${label}`;
}
