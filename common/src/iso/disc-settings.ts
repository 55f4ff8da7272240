import { z } from "zod";
import { FAT_FILE_BYTES_MAX } from "../layout/check-tree.ts";
import type { BlobRef } from "../media/manifest.ts";
import { fail, ok, type Result } from "../result.ts";

/** What a disc says that its sticks shall say too: parts of a definition's `spec`, in the words of its YAML. */
export type DiscSettings = {
  readonly unattended?: boolean;
  readonly management?: object;
  readonly output: { readonly label?: string; readonly autorun?: boolean; readonly usb?: object };
  readonly security?: object;
  readonly customization?: object;
};

const Management = z.object({
  mode: z.string(),
  siteCode: z.string().nullable(),
  internet: z.boolean(),
  managementPoints: z.array(z.string()),
});

const Shape = z.object({
  formatVersion: z.literal(1),
  name: z.string(),
  revision: z.int(),
  unattended: z.boolean(),
  passwordRequired: z.literal(false),
  unknownComputers: z.boolean(),
  userDeviceAffinity: z.string(),
  certificate: z.null(),
  management: Management.nullable(),
  output: z.object({
    label: z.string(),
    autorun: z.boolean(),
    usb: z.object({ partitionTable: z.string() }),
  }),
  taskSequence: z.null(),
  environment: z.array(
    z.union([
      z.object({ name: z.string(), value: z.string() }),
      z.object({ name: z.string(), ask: z.literal(true) }),
    ]),
  ),
  prestart: z.null(),
});

/** Made from the other settings, not by the operator. */
const MADE = /^_|^SMSTS(?:LocationMPs|MP|AssignUsersMode|PreferredAdvertID)$/i;

/**
 * The settings of a disc of ours by its /stickfarm/media.json, so that a stick that is made of it behaves as it does.
 *
 * Problems: disc_settings_lost, when something is sealed or points to what a disc does not bring: then only the definition
 *           itself makes the same stick.
 */
export function readDiscSettings(path: string, mediaJson: string): Result<DiscSettings> {
  const parsed = Shape.safeParse(parseJson(mediaJson));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = issue === undefined ? "" : ` ("${issue.path.join(".")}")`;
    const detail = `Cannot carry the settings of "${path}" over: it has sealed ones, a certificate, a task sequence or a prestart command${what}`;
    return fail({ code: "disc_settings_lost", detail });
  }
  const { management, output, ...media } = parsed.data;
  const variables = media.environment.filter(({ name }) => !MADE.test(name));
  return ok({
    unattended: media.unattended,
    ...(management === null ? {} : { management: managementOf(management) }),
    output: {
      label: output.label,
      autorun: output.autorun,
      usb: { partitionTable: output.usb.partitionTable },
    },
    security: {
      unknownComputers: media.unknownComputers,
      userDeviceAffinity: media.userDeviceAffinity,
    },
    customization: { variables },
  });
}

/**
 * The same settings, and leave to split a Windows image that a disc holds and FAT32 does not: copied by hand it would not
 * lie on the stick at all.
 */
export function allowSplitting(
  settings: DiscSettings,
  files: readonly { readonly blob: BlobRef }[],
): DiscSettings {
  if (files.every(({ blob }) => blob.sizeBytes <= FAT_FILE_BYTES_MAX)) return settings;
  const usb = { ...settings.output.usb, oversizeFiles: "splitWim" };
  return { ...settings, output: { ...settings.output, usb } };
}

function managementOf({ siteCode, managementPoints, ...rest }: z.infer<typeof Management>) {
  return {
    ...rest,
    ...(siteCode === null ? {} : { siteCode }),
    managementPoints: managementPoints.map((url) => ({ url })),
  };
}

const LABEL_FORBIDDEN = /["*/:<>?\\|\p{Cc}]/u;
const LABEL_MAX = 127;

/**
 * The label of a disc that is not ours: what its /MediaLabel.txt says, as the reference writes it, else the volume's name.
 * `null` when no label can hold it.
 */
export function readDiscLabel(mediaLabel: string | null, volumeId: string): string | null {
  const text = /^label=(.*)$/im.exec(mediaLabel ?? "")?.[1]?.trim() || volumeId.trim();
  return text === "" || LABEL_FORBIDDEN.test(text) || text.length > LABEL_MAX ? null : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
