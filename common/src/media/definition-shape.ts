import { z } from "zod";
import { API_VERSION } from "./api-version.ts";
import { ARCHITECTURES } from "./architecture.ts";
import {
  DEFAULT_LABEL,
  LOCAL_DISTRIBUTION_POINT,
  USER_DEVICE_AFFINITIES,
  VOLUME_SIZES,
} from "./definition.ts";
import type { Draft } from "./draft.ts";

/**
 * The YAML contract: which keys there are and of what type. What values they may have, alone and together, is in
 * `rules/`; what they become is `definition.ts`. A key that is not here is an error.
 *
 * Every optional key may be left out; its default is in `to-definition.ts`, and said here for editors, which get the
 * words, the defaults and the patterns of this file as a JSON Schema (`definition-schema.ts`).
 */
export const MetadataShape = z
  .strictObject({
    name: z.string().meta({
      description: "Name of the definition; a change under the same name is its next revision",
      pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    }),
    description: z.string().optional().meta({
      description: "What it is for, in a line",
      maxLength: 127,
      default: "",
    }),
    labels: z.record(z.string(), z.string()).optional().meta({
      description: "Words to find it by",
      default: {},
    }),
  })
  .meta({ description: "What it is called" });

const Management = z
  .strictObject({
    mode: z.enum(["dynamic", "siteBased"]).meta({
      description: "dynamic: may be redirected by location; siteBased: the one point alone",
    }),
    siteCode: z
      .string()
      .optional()
      .meta({
        description: "The site's code",
        pattern: "^[A-Z0-9]{3}$",
        examples: ["P01"],
      }),
    internet: z.boolean().optional().meta({
      description: "Reached over the internet, through a cloud gateway",
      default: false,
    }),
    managementPoints: z
      .array(
        z.strictObject({
          url: z.string().meta({
            description: "http://HOST:PORT or https://HOST:PORT",
            pattern: "^https?://[^\\s/]+/?$",
          }),
        }),
      )
      .meta({ description: "In order of first contact; siteBased has exactly one" }),
  })
  .meta({ description: "Whom the computer contacts first" });

const Usb = z
  .strictObject({
    partitionTable: z.enum(["mbr", "gpt"]).optional().meta({
      description: "How the stick is partitioned",
      default: "mbr",
    }),
    fileSystem: z.enum(["fat32"]).optional().meta({
      description: "The one that every UEFI firmware reads",
      default: "fat32",
    }),
    partitionSize: z
      .string()
      .optional()
      .meta({
        description: "fill, or a size with its unit",
        default: "fill",
        examples: ["fill", "8GiB"],
      }),
    oversizeFiles: z.enum(["reject", "splitWim"]).optional().meta({
      description: "splitWim: a WIM that FAT32 cannot hold is written as parts",
      default: "reject",
    }),
  })
  .meta({ description: "The stick" });

const Iso = z
  .strictObject({
    fileName: z.string().optional().meta({
      description: "A file name that ends in .iso; the definition's name when left out",
    }),
    volumeSize: z.enum(VOLUME_SIZES).optional().meta({
      description: "Room on one disc; what does not fit makes another",
      default: "unlimited",
    }),
    ifExists: z.enum(["fail", "replaceAfterSuccess"]).optional().meta({
      description: "What becomes of a file of that name",
      default: "fail",
    }),
  })
  .meta({ description: "CD/DVD images" });

const Output = z
  .strictObject({
    usb: Usb.optional(),
    iso: Iso.optional(),
    label: z.string().optional().meta({
      description: "Name of the volume: FAT holds its first 11 characters, /MediaLabel.txt all",
      default: DEFAULT_LABEL,
      minLength: 1,
      maxLength: 127,
    }),
    autorun: z.boolean().optional().meta({
      description: "Write autorun.inf, which is commonly blocked",
      default: false,
    }),
  })
  .meta({ description: "What is made" });

const Certificate = z
  .strictObject({
    selfSigned: z
      .strictObject({
        notBefore: instant("Begin; the day of the revision when left out"),
        notAfter: instant("End; a year after the begin when left out"),
      })
      .optional()
      .meta({ description: "Made for these media; for http management points" }),
    pkcs12: z
      .strictObject({
        content: contentName("Content that is one PKCS #12 file"),
        passwordSecret: secretName("Secret that opens it"),
      })
      .optional()
      .meta({ description: "Brought along; for https management points" }),
  })
  .meta({ description: "What the media prove themselves with: exactly one of the two" });

const Security = z
  .strictObject({
    unknownComputers: z.boolean().optional().meta({
      description: "Serve computers that have no record",
      default: false,
    }),
    password: z
      .strictObject({ secret: secretName("Secret that is the media password") })
      .optional()
      .meta({ description: "Asked at boot; seals the settings on the media" }),
    certificate: Certificate.optional(),
    userDeviceAffinity: z.enum(USER_DEVICE_AFFINITIES).optional().meta({
      description: "Whether the user becomes the computer's user",
      default: "none",
    }),
  })
  .meta({ description: "What protects the media, and what they may do" });

const Variable = z.strictObject({
  name: z.string().meta({
    description: "Upper and lower case do not count",
    pattern: "^[A-Za-z][A-Za-z0-9_-]{0,255}$",
  }),
  /** One of these three; an empty value is asked at boot as well. */
  value: z.string().optional().meta({ description: "Its value, in the open", maxLength: 4000 }),
  ask: z.boolean().optional().meta({ description: "true: asked at boot" }),
  secret: secretName("Secret that is its value").optional(),
});

const Prestart = z
  .strictObject({
    command: z.string().meta({
      description: "Run before a task sequence is chosen",
      minLength: 1,
      examples: ["cmd /C ask-user.cmd"],
    }),
    package: contentName("Content whose files it needs; they lie open on the media").optional(),
  })
  .meta({ description: "A command that runs at boot" });

const Customization = z
  .strictObject({
    variables: z.array(Variable).optional().meta({
      description: "Task sequence variables: each has one of value, ask and secret",
      default: [],
    }),
    prestart: Prestart.optional(),
  })
  .meta({ description: "What the operator adds" });

const distributionPoints = z
  .array(z.string())
  .optional()
  .meta({
    description: "Where the content is fetched from: the first that has it",
    default: [LOCAL_DISTRIBUTION_POINT],
  });

export const KINDS = ["BootableMedia", "DiskImage"] as const;

const envelope = {
  apiVersion: z.enum([API_VERSION]),
  kind: z.enum(KINDS),
  metadata: MetadataShape,
};

export const BootableMediaShape = z.strictObject({
  ...envelope,
  spec: z
    .strictObject({
      unattended: z.boolean().optional().meta({
        description: "No questions at boot, except the media password",
        default: false,
      }),
      management: Management.optional(),
      output: Output.optional(),
      security: Security.optional(),
      bootImage: z
        .strictObject({
          name: contentName("Added with `stickfarm boot-image add`"),
          targetArchitectures: z.array(z.enum(ARCHITECTURES)).optional().meta({
            description: "Computers it is meant for; those that it names when left out",
          }),
        })
        .optional()
        .meta({ description: "What the computer starts" }),
      /** Trees beside the boot image's; `at` is a folder of the stick, "/" when left out. */
      files: z
        .array(
          z.strictObject({
            content: contentName("Added with `stickfarm content add`"),
            at: z.string().optional().meta({
              description: "A folder of the media",
              pattern: "^/",
              default: "/",
            }),
          }),
        )
        .optional()
        .meta({ description: "Trees beside the boot image's", default: [] }),
      distributionPoints,
      taskSequence: z
        .strictObject({ name: contentName("Stored with `stickfarm task-sequence apply`") })
        .optional()
        .meta({ description: "What the media point at" }),
      customization: Customization.optional(),
    })
    .meta({ description: "What the media shall become" }),
});

export const DiskImageShape = z.strictObject({
  ...envelope,
  spec: z
    .strictObject({
      image: z
        .strictObject({ content: contentName("A content that is a disk image") })
        .meta({ description: "What is written" }),
      passport: z
        .boolean()
        .optional()
        .meta({ description: "Leave a record of its build behind the image; true unless said" }),
      distributionPoints,
    })
    .meta({ description: "What the stick shall become" }),
});

function contentName(description: string) {
  return z.string().meta({ description, pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" });
}

function secretName(description: string) {
  const pattern = "^[a-z0-9]([a-z0-9/-]{0,125}[a-z0-9])?$";
  return z.string().meta({ description: `${description}: its name, never its value`, pattern });
}

function instant(description: string) {
  const pattern = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$";
  return z
    .string()
    .optional()
    .meta({ description, pattern, examples: ["2027-12-01T00:00:00Z"] });
}

/** What can be said about a definition of unknown kind. */
export const EnvelopeShape = z.object(envelope);

export type BootableMediaText = z.output<typeof BootableMediaShape>;
export type DiskImageText = z.output<typeof DiskImageShape>;

export type BootableMediaDraft = Draft<BootableMediaText>;
export type DiskImageDraft = Draft<DiskImageText>;
