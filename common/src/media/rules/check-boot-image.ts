import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, findingAt } from "../finding.ts";
import { checkName } from "./check-metadata.ts";

const AT = ["spec", "bootImage"];

/** Rules that need no library; what the boot image can start on is `check-references.ts`. */
export function checkBootImage({ spec }: BootableMediaDraft): readonly Finding[] {
  if (spec === undefined) return [];
  if (spec.bootImage === undefined) {
    return [(spec.files ?? []).length > 0 ? FILES_ONLY : NOTHING];
  }
  const { name, targetArchitectures } = spec.bootImage;
  const at = [...AT, "targetArchitectures"];
  return [
    ...(name === undefined ? [] : checkName([...AT, "name"], name)),
    ...(targetArchitectures?.length === 0
      ? [
          findingAt(
            "target-architectures-empty",
            at,
            "is an empty list, must name an architecture",
            "Add one, or leave it out",
          ),
        ]
      : []),
    ...(targetArchitectures ?? []).flatMap((architecture, index, all) =>
      architecture !== undefined && all.indexOf(architecture) < index
        ? [
            findingAt(
              "target-architecture-repeated",
              [...at, index],
              `is ${architecture} again`,
              "Remove one of them",
            ),
          ]
        : [],
    ),
  ];
}

const FILES_ONLY = findingAt(
  "boot-image-missing",
  ["spec"],
  "names no bootImage: a computer starts from this stick only if its files hold a loader",
  "Name one under bootImage, added with `stickfarm boot-image add`",
);

const NOTHING = findingAt(
  "nothing-to-write",
  ["spec"],
  "names neither bootImage nor files, must name one of them",
  "Add bootImage: { name: ... }, or files: [ { content: ... } ]",
);
