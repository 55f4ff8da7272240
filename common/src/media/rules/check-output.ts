import { MIB, parseBytes } from "../../bytes.ts";
import { renderVolumeLabel } from "../../layout/render-volume-label.ts";
import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, type FindingPath, findingAt, quote } from "../finding.ts";
import { tooLong } from "./check-metadata.ts";

/** Less does not hold the 65525 clusters that make a FAT32. */
const PARTITION_BYTES_MIN = 64 * MIB;
/** 32-bit sector numbers, in the partition table and in FAT32. */
const PARTITION_BYTES_MAX = 2 * 1024 * 1024 * MIB;
const LABEL_MAX = 127;
const ISO_LABEL_MAX = 32;
const ISO_FILE_NAME = /^[^/\\:*?"<>|\p{Cc}]{1,251}\.iso$/iu;
const LABEL_FORBIDDEN = /["*/:<>?\\|]/;
const AT = ["spec", "output"];

export function checkOutput({ spec }: BootableMediaDraft): readonly Finding[] {
  const output = spec?.output;
  if (output === undefined) return [];
  return [
    ...checkPartitionSize(output.usb?.partitionSize),
    ...checkIso(output.iso),
    ...(output.label === undefined ? [] : checkLabel(output.label, output.iso !== undefined)),
    ...(output.autorun === true
      ? [
          findingAt(
            "autorun-blocked",
            [...AT, "autorun"],
            "is true: programs against malware commonly block autorun.inf",
            "Leave it out unless the computers are known to take it",
          ),
        ]
      : []),
  ];
}

function checkPartitionSize(text: string | undefined): readonly Finding[] {
  if (text === undefined || text === "fill") return [];
  const size = parseBytes(text);
  const good =
    size.ok &&
    size.value % MIB === 0 &&
    size.value >= PARTITION_BYTES_MIN &&
    size.value <= PARTITION_BYTES_MAX;
  if (good) return [];
  return [
    findingAt(
      "partition-size-invalid",
      [...AT, "usb", "partitionSize"],
      `is ${quote(text)}, must be fill or whole MiB from 64MiB to 2TiB`,
      "Write fill, or a size such as 8GiB",
    ),
  ];
}

function checkIso(
  iso:
    | { readonly fileName?: string | undefined; readonly ifExists?: string | undefined }
    | undefined,
): readonly Finding[] {
  return [
    ...(iso?.fileName === undefined || ISO_FILE_NAME.test(iso.fileName)
      ? []
      : [
          findingAt(
            "iso-file-name-invalid",
            [...AT, "iso", "fileName"],
            `is ${quote(iso.fileName)}, must be a file name without a folder that ends in .iso`,
            "Write a name such as hq-bare-metal.iso; the folder is given when it is made",
          ),
        ]),
    ...(iso?.ifExists === "replaceAfterSuccess"
      ? [
          findingAt(
            "iso-replaced",
            [...AT, "iso", "ifExists"],
            "is replaceAfterSuccess: an existing file is replaced once the new one is verified",
            "Write fail to keep it",
          ),
        ]
      : []),
  ];
}

function checkLabel(label: string, isIso: boolean): readonly Finding[] {
  const at = [...AT, "label"];
  const length = Array.from(label).length;
  if (label.trim() === "") {
    return [
      findingAt(
        "label-empty",
        at,
        "is empty, must name the stick",
        "Write a label, or leave the key out",
      ),
    ];
  }
  const forbidden = LABEL_FORBIDDEN.exec(label)?.[0];
  const lengthMax = isIso ? ISO_LABEL_MAX : LABEL_MAX;
  const wrong = [
    ...(forbidden === undefined
      ? []
      : [
          findingAt(
            "label-forbidden-character",
            at,
            `has ${quote(forbidden)}, which no label can hold`,
            "Leave it out",
          ),
        ]),
    ...(/[\p{Cc}\p{Surrogate}]/u.test(label)
      ? [
          findingAt(
            "label-control-character",
            at,
            "has a control character, which no label can hold",
            "Leave it out",
          ),
        ]
      : []),
    ...(length > lengthMax ? [tooLong("label-too-long", at, length, lengthMax)] : []),
  ];
  return wrong.length > 0 ? wrong : checkVolumeLabel(at, label);
}

function checkVolumeLabel(at: FindingPath, text: string): readonly Finding[] {
  const { label, changes } = renderVolumeLabel(text);
  if (label === text.toUpperCase()) return [];
  return [
    findingAt(
      "label-changed",
      at,
      `becomes ${quote(label)} as volume label: ${changes.join(", ")}`,
      "Change it to at most 11 of A-Z, 0-9, _, - and space; /MediaLabel.txt holds the full text",
    ),
  ];
}
