import { z } from "zod";
import { API_VERSION } from "./api-version.ts";
import { ARCHITECTURES } from "./architecture.ts";
import { USER_DEVICE_AFFINITIES, VOLUME_SIZES } from "./definition.ts";

/**
 * The YAML contract: which keys there are and of what type. What values they may have, alone and together, is in
 * `rules/`; what they become is `definition.ts`. A key that is not here is an error. Not every key here is built yet:
 * those are parsed and checked like the others, then refused by name (`rules/check-not-built.ts`).
 *
 * Every optional key may be left out; its default is in `to-definition.ts`.
 */
export const MetadataShape = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

const Management = z.strictObject({
  mode: z.enum(["dynamic", "siteBased"]),
  siteCode: z.string().optional(),
  internet: z.boolean().optional(),
  managementPoints: z.array(z.strictObject({ url: z.string() })),
});

const Output = z.strictObject({
  usb: z
    .strictObject({
      partitionTable: z.enum(["mbr", "gpt"]).optional(),
      fileSystem: z.enum(["fat32"]).optional(),
      /** "fill", or a size with its unit. */
      partitionSize: z.string().optional(),
      oversizeFiles: z.enum(["reject", "splitWim"]).optional(),
    })
    .optional(),
  iso: z
    .strictObject({
      fileName: z.string().optional(),
      volumeSize: z.enum(VOLUME_SIZES).optional(),
      ifExists: z.enum(["fail", "replaceAfterSuccess"]).optional(),
    })
    .optional(),
  label: z.string().optional(),
  autorun: z.boolean().optional(),
});

const Security = z.strictObject({
  unknownComputers: z.boolean().optional(),
  password: z.strictObject({ secret: z.string() }).optional(),
  certificate: z
    .strictObject({
      selfSigned: z
        .strictObject({ notBefore: z.string().optional(), notAfter: z.string().optional() })
        .optional(),
      pkcs12: z.strictObject({ content: z.string(), passwordSecret: z.string() }).optional(),
    })
    .optional(),
  userDeviceAffinity: z.enum(USER_DEVICE_AFFINITIES).optional(),
});

const Customization = z.strictObject({
  variables: z
    .array(
      z.strictObject({
        name: z.string(),
        /** One of these three; an empty value is asked at boot as well. */
        value: z.string().optional(),
        ask: z.boolean().optional(),
        secret: z.string().optional(),
      }),
    )
    .optional(),
  prestart: z.strictObject({ command: z.string(), package: z.string().optional() }).optional(),
});

const distributionPoints = z.array(z.string()).optional();

export const KINDS = ["BootableMedia", "DiskImage"] as const;

const envelope = {
  apiVersion: z.enum([API_VERSION]),
  kind: z.enum(KINDS),
  metadata: MetadataShape,
};

export const BootableMediaShape = z.strictObject({
  ...envelope,
  spec: z.strictObject({
    unattended: z.boolean().optional(),
    management: Management.optional(),
    output: Output.optional(),
    security: Security.optional(),
    bootImage: z
      .strictObject({
        name: z.string(),
        targetArchitectures: z.array(z.enum(ARCHITECTURES)).optional(),
      })
      .optional(),
    /** Trees beside the boot image's; `at` is a folder of the stick, "/" when left out. */
    files: z.array(z.strictObject({ content: z.string(), at: z.string().optional() })).optional(),
    distributionPoints,
    taskSequence: z.strictObject({ name: z.string() }).optional(),
    customization: Customization.optional(),
  }),
});

export const DiskImageShape = z.strictObject({
  ...envelope,
  spec: z.strictObject({ image: z.strictObject({ content: z.string() }), distributionPoints }),
});

/** What can be said about a definition of unknown kind. */
export const EnvelopeShape = z.object(envelope);

export type BootableMediaText = z.output<typeof BootableMediaShape>;
export type DiskImageText = z.output<typeof DiskImageShape>;

/**
 * What is left of a definition once every value of the wrong type is taken out: each part may be missing, so that the
 * rules can judge the rest and all findings come at once. Indices stay as they were.
 */
export type Draft<Value> = Value extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: Draft<Value[Key]> | undefined }
    : Value;

export type BootableMediaDraft = Draft<BootableMediaText>;
export type DiskImageDraft = Draft<DiskImageText>;
