import type { ProblemCode } from "../problem.ts";

/** One thing that can be found about a definition; its id is stable, so that programs may tell findings apart by it. */
export type Rule = {
  /** error: the definition is refused. */
  readonly severity: "error" | "warning";
  /** Of the problem that a refusal becomes. */
  readonly code: ProblemCode;
  /** What is found, in a line. */
  readonly meaning: string;
};

/** Every rule by its id, kebab-case, in the order of the definition. A row is never renamed. */
export const RULES = {
  // The text.
  "yaml-syntax": error("The text cannot be read as YAML"),
  "yaml-key-repeated": error("A mapping has the same key twice"),
  "yaml-key-not-text": error("A key is no text"),
  "yaml-alias-unknown": error("An alias has no anchor before it"),
  "yaml-many-documents": error("The file holds more than one YAML document"),
  "yaml-tab-indent": error("A line is indented with a tab"),
  "yaml-too-deep": error("The text is nested too deep"),
  "yaml-too-large": error("The text is too large, or has too many parts or aliases"),
  "findings-cut": error("There are more findings than are listed"),

  // Its shape.
  "definition-not-mapping": error(
    "The text is no mapping with apiVersion, kind, metadata and spec",
  ),
  "field-unknown": error("A key is not a field of a definition"),
  "field-missing": error("A required field is missing"),
  "field-wrong-type": error("A value has the wrong type"),
  "choice-unknown": error("A value is none of the possible ones"),

  // metadata, and every field that holds a name.
  "name-invalid": error("A name has characters that names cannot have, or is too long"),
  "description-too-long": error("The description is too long"),
  "metadata-labels-too-many": error("metadata.labels holds too many labels"),
  "metadata-label-invalid": error("The key of a label has characters that it cannot have"),
  "metadata-label-too-long": error("The value of a label is too long"),

  // spec.unattended.
  "unattended-unknown-computers": warning("Computers nobody knows may be wiped without a question"),
  "unattended-asked-variable": warning(
    "Nobody is there to fill in variables that are asked at boot",
  ),

  // spec.management.
  "site-code-invalid": error("The site code is not 3 characters of A-Z and 0-9"),
  "management-points-empty": error("management names no management point"),
  "management-points-too-many": error("There are too many management points"),
  "management-site-based-many": error("Mode siteBased has not exactly one management point"),
  "management-point-not-url": error("A management point is no http or https address"),
  "management-point-credentials": error(
    "The address of a management point holds a user or a password",
  ),
  "management-points-too-long": error("The management points do not fit into one variable"),
  "management-point-star": error("The address of a management point has a * in it"),
  "management-point-path": error("The address of a management point goes on after its port"),
  "management-point-repeated": error("A management point is named twice"),
  "dynamic-pkcs12-roots": warning(
    "Dynamic media with a PKCS #12 certificate need one root at all sites",
  ),
  "certificate-needs-http": error(
    "A self-signed certificate is used with an https management point",
  ),
  "certificate-needs-https": error("A PKCS #12 certificate is used with an http management point"),
  "internet-dynamic": error("Media over the internet are in mode dynamic"),
  "internet-not-https": error("Media over the internet contact an http address"),
  "internet-no-password": error("Media over the internet have no password"),

  // spec.output.
  "partition-size-invalid": error("The size of the partition is no possible size"),
  "iso-file-name-invalid": error("The name of the ISO file is no file name that ends in .iso"),
  "iso-replaced": warning("An existing ISO file is replaced"),
  "label-empty": error("The label is empty"),
  "label-forbidden-character": error("The label has a character that no label can hold"),
  "label-control-character": error("The label has a control character"),
  "label-too-long": error("The label is too long"),
  "label-changed": warning("The volume label differs from the text of the label"),
  "autorun-blocked": warning("autorun.inf is commonly blocked"),

  // spec.security.
  "secret-name-invalid": error("A field for the name of a secret holds something else"),
  "secret-unknown": error("A secret is not set", "secret_unknown"),
  "password-missing": warning("The settings on the stick are open to whoever finds it"),
  "password-weak": error("The media password can be guessed", "secret_weak"),
  "unknown-computers": warning("Computers without a record are served as well"),
  "certificate-not-one": error("certificate holds none or both of selfSigned and pkcs12"),
  "certificate-date-invalid": error("A date of the certificate is no instant of UTC"),
  "certificate-ends-before-start": error("The certificate ends before it begins"),
  "certificate-expired": error("The certificate has ended"),
  "certificate-long": warning("The certificate is good for more than 2 years"),
  "certificate-not-yet-valid": warning("The certificate begins in the future"),
  "certificate-not-sealed": error("A certificate's key would lie on a stick without a password"),
  "certificate-key-long": warning("The certificate's key is longer than the site may take"),
  "certificate-root-unknown": warning("The certificate's chain ends at no root that is known here"),
  "certificate-reused": warning("Another definition's sticks carry the same certificate"),
  "affinity-differs": error("SMSTSAssignUsersMode contradicts userDeviceAffinity"),

  // spec.bootImage and spec.files.
  "nothing-to-write": error("The definition names neither a boot image nor files"),
  "boot-image-missing": warning("The definition names no boot image"),
  "boot-image-x86": warning("The boot image has 32-bit x86 in it"),
  "boot-image-not-one": error("The content was not added as a boot image"),
  "boot-image-architecture": error("The boot image's WIM is for another architecture"),
  "boot-image-wim-large": warning("The boot image's boot.wim is too large for FAT32 in one piece"),
  "boot-image-driver-missing": warning("The boot image lacks a class of drivers"),
  "boot-image-drivers-unknown": warning("A Windows boot image's drivers were not declared"),
  "target-architectures-empty": error("targetArchitectures is an empty list"),
  "target-architecture-repeated": error("An architecture is named twice"),
  "target-cannot-start": error("Computers of this architecture cannot start the boot image"),
  "target-bios-only": warning("Computers of this architecture start the boot image by BIOS only"),
  "content-unknown": error("A content is not in the library", "content_unknown"),
  "content-not-tree": error("A content is a disk image and must be a tree"),
  "content-not-image": error("A content is a tree and must be a disk image"),
  "content-not-file": error("A content holds more or less than one file"),
  "folder-relative": error("A folder of the stick does not begin with /"),
  "folder-reserved": error("A folder of the stick is stickfarm's own"),
  "folder-not-fat": error("FAT32 cannot hold the name of a folder"),
  "files-repeated": error("The same content goes into the same folder twice"),

  // spec.distributionPoints.
  "distribution-points-empty": error("distributionPoints is an empty list"),
  "distribution-point-repeated": error("A distribution point is named twice"),
  "distribution-point-unknown": error("A distribution point was not added", "point_unknown"),

  // spec.taskSequence, and task sequences themselves.
  "task-sequence-unknown": error("A task sequence is not stored", "task_sequence_unknown"),
  "task-sequence-package-unknown": error(
    "A package of the task sequence is gone",
    "content_unknown",
  ),
  "task-sequence-no-management": warning("A task sequence is named and no management point"),
  "packages-empty": warning("The task sequence names no package"),
  "package-repeated": error("A package is named twice"),
  "deployment-id-invalid": error("The id of the deployment is no id of a site"),

  // spec.customization.
  "variable-name-reserved": error("The name of a variable begins with _"),
  "variable-name-invalid": error("The name of a variable has characters that it cannot have"),
  "variable-name-clash": error("A variable is set by another field"),
  "variable-repeated": error("A variable is set twice; upper and lower case do not count"),
  "variable-no-source": error("A variable has none of value, ask and secret"),
  "variable-many-sources": error("A variable has more than one of value, ask and secret"),
  "variable-too-long": error("The value of a variable is too long"),
  "variable-not-text": error("The value of a variable holds a code that is not a character"),
  "variables-too-large": error("All variables together are too large"),
  "variable-looks-secret": warning("A value stands in the open that sounds like a secret"),
  "variable-empty": warning("A value is empty, so it is asked at boot"),
  "variable-not-sealed": error("A secret would lie on a stick without a password"),
  "prestart-command-empty": error("The prestart command is empty"),
  "prestart-not-cmd": warning("The prestart command does not begin with cmd /C"),
  "prestart-drive-letter": warning("The prestart command names a drive letter"),
  "prestart-looks-secret": warning("The prestart command seems to hold a secret"),
  "prestart-file-missing": warning("A file of the prestart command is not in its package"),
  "prestart-package-open": warning("The files of the prestart package are not sealed"),
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleId = keyof typeof RULES;

function error(meaning: string, code: ProblemCode = "definition_invalid"): Rule {
  return { severity: "error", code, meaning };
}

function warning(meaning: string): Rule {
  return { severity: "warning", code: "definition_invalid", meaning };
}
