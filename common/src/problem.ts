/**
 * Every expected failure that an operator can meet, one row each: whether another attempt is of use, what the process
 * exits with, which gRPC status carries it, and what to do. Nothing else decides these.
 *
 * `exit`: 1 the work failed, 2 the input is wrong, 3 something named does not exist, 4 no access or no connection,
 * 5 refused for safety. Source: sysexits(3) has more classes than an operator can remember.
 */
type ProblemRow = {
  /** `clean`: nothing was erased, try again by itself. `operator`: only when a person says so. `never`: of no use. */
  readonly retry: "clean" | "operator" | "never";
  readonly exit: 1 | 2 | 3 | 4 | 5;
  readonly status: StatusName;
  readonly remedy: string;
};

/** Names of gRPC status codes; the transport maps them to numbers. */
export type StatusName =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "UNAUTHENTICATED"
  | "FAILED_PRECONDITION"
  | "RESOURCE_EXHAUSTED"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "ABORTED"
  | "INTERNAL"
  | "UNIMPLEMENTED";

export const PROBLEMS = {
  // Input.
  usage: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "See the command's --help",
  },
  definition_invalid: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Correct the lines named above and check again with `stickfarm media check`",
  },
  name_invalid: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Use 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit",
  },
  name_taken: {
    retry: "never",
    exit: 2,
    status: "ALREADY_EXISTS",
    remedy: "Content is immutable: add it under another name",
  },
  label_invalid: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy:
      "Use 1 to 32 characters without / and without blanks at the ends, or none to take a label away",
  },
  label_taken: {
    retry: "never",
    exit: 2,
    status: "ALREADY_EXISTS",
    remedy: "Use another label, or take this one away from its bay with an empty one",
  },
  request_id_reused: {
    retry: "never",
    exit: 2,
    status: "ALREADY_EXISTS",
    remedy: "Make a new request id for another request",
  },
  secret_weak: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Use at least 12 characters",
  },

  secret_unusable: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy: "Set another value with `stickfarm secret set NAME`",
  },
  pkcs12_not_opened: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy: "Set the secret that passwordSecret names to the password of the PKCS #12 file",
  },
  pkcs12_legacy: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy:
      "Pack it again: `openssl pkcs12 -legacy -in OLD.pfx -out all.pem`, then `openssl pkcs12 -export -in all.pem -out NEW.pfx`, and add that as new content",
  },
  certificate_unfit: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy:
      "Export a certificate for client authentication with its private key and a password as PKCS #12, add it as new content and name that in the definition",
  },
  stick_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "Name a stick of stickfarm, an image of one, or its settings.sealed",
  },
  stick_damaged: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Build the stick again: it was cut short, or changed after it was built",
  },
  stick_unsealed: {
    retry: "operator",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Build the stick again: its last build did not end well, and it does not boot",
  },
  stick_unproven: {
    retry: "never",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy:
      "Build it without a block map: what the map leaves out was never written, and has no digest",
  },
  stick_foreign: {
    retry: "never",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Trust nothing on it: another farm made it, or it was changed since. Build it again",
  },
  stick_not_recorded: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm stick list`: a stick is recorded when an attempt at it has ended",
  },
  settings_not_opened: {
    retry: "never",
    exit: 4,
    status: "PERMISSION_DENIED",
    remedy: "Check the password; when it is right, the stick was changed: build it again",
  },

  // Named things that are not there.
  media_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm media list`",
  },
  content_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm content list` and `stickfarm boot-image list`",
  },
  content_missing: {
    retry: "operator",
    exit: 3,
    status: "FAILED_PRECONDITION",
    remedy:
      "Add the content again with `stickfarm content add`, or copy it with `stickfarm content distribute`",
  },
  point_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm dp list`; add it with `stickfarm dp add`",
  },
  secret_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "Set it with `stickfarm secret set NAME`",
  },
  task_sequence_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm task-sequence list`",
  },
  agent_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm agent list`; enrol with `stickfarm agent token create`",
  },
  drive_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm drive list`",
  },
  boot_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm media show` for the boots of a revision",
  },
  build_unknown: {
    retry: "never",
    exit: 3,
    status: "NOT_FOUND",
    remedy: "See `stickfarm build list`",
  },
  attempt_unknown: {
    retry: "never",
    exit: 1,
    status: "NOT_FOUND",
    remedy: "The controller's database is older than the agent's journal; restore the newer one",
  },

  // Content and its import.
  path_missing: { retry: "never", exit: 3, status: "NOT_FOUND", remedy: "Check the path" },
  path_unreadable: {
    retry: "never",
    exit: 4,
    status: "PERMISSION_DENIED",
    remedy: "Give yourself read permission, or leave the file out",
  },
  path_not_content: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Leave devices, sockets and pipes out of the tree",
  },
  file_exists: {
    retry: "never",
    exit: 2,
    status: "ALREADY_EXISTS",
    remedy:
      "Name another folder with --out, or say --replace: it is kept until the new one is verified",
  },
  iso_set_incomplete: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Give every disc of one set, each once, with --iso",
  },
  disc_settings_lost: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy:
      "Build the definition that the disc was made from, or write the disc as it is with --as image",
  },
  iso_mismatch: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Check the disk that the image was written to, then make it again",
  },
  path_leaves_tree: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Replace the link by the file that it means",
  },
  name_not_fat: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Rename the file: FAT32 cannot hold this name",
  },
  names_collide: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Rename one of them: FAT32 does not tell upper from lower case",
  },
  file_too_large: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy:
      "Split the file (a WIM by oversizeFiles: splitWim): FAT32 holds at most 4 GiB - 1 byte in one file",
  },
  directory_too_large: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Split the directory, or shorten its names: FAT32 holds at most 2 MiB of names in one",
  },
  volume_too_small: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Set a larger volumeSize, or leave out or split what is named above",
  },
  partition_size_invalid: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Set partitionSize within the limit named above, or to `fill`",
  },
  boot_code_unfit: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy:
      "Use boot.img and core.img of GRUB's i386-pc on a stick of 512 byte blocks, or boot by UEFI",
  },
  boot_loader_missing: {
    retry: "never",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy:
      "Install the Debian packages named above, or unpack them (`dpkg -x`) and name the folder with --loaders",
  },
  archive_unreadable: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Check the file with the program that made it",
  },
  image_too_large: {
    retry: "never",
    exit: 2,
    status: "RESOURCE_EXHAUSTED",
    remedy: "Raise --max-expanded if the image is meant to be that large",
  },
  block_map_invalid: {
    retry: "never",
    exit: 2,
    status: "INVALID_ARGUMENT",
    remedy: "Make the .bmap again from this image, or add the image without it",
  },
  content_digest_mismatch: {
    retry: "clean",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Check the disk that holds the content, then add the content again",
  },
  point_taken: {
    retry: "never",
    exit: 2,
    status: "ALREADY_EXISTS",
    remedy: "Use another name, or remove the point that has it with `stickfarm dp remove`",
  },
  point_unreachable: {
    retry: "clean",
    exit: 4,
    status: "UNAVAILABLE",
    remedy: "Check that the server runs, or that the share is mounted, and the firewall before it",
  },
  point_unreadable: {
    retry: "operator",
    exit: 4,
    status: "PERMISSION_DENIED",
    remedy: "Give whoever fetches the right to read the distribution point's files",
  },
  point_not_writable: {
    retry: "never",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy:
      "Let the point take files, or copy the library's folder sha256 to its root yourself; then distribute again, which checks what is there",
  },
  point_busy: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy: "Wait until the other copying to this distribution point has ended",
  },
  disk_full: {
    retry: "operator",
    exit: 1,
    status: "RESOURCE_EXHAUSTED",
    remedy: "Free space on the disk named above, then retry",
  },
  tool_missing: {
    retry: "never",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Install the program named above",
  },
  tool_failed: {
    retry: "operator",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Run the program named above by hand to see more",
  },
  path_changed: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy: "Wait until nothing writes to it any more, then add it again",
  },
  storage_failed: {
    retry: "operator",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Check the disk named above and the permissions on it",
  },
  canceled: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy: "None needed: it was stopped on request; start it again when it is wanted",
  },

  // Trust.
  not_initialised: {
    retry: "never",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy:
      "Run `stickfarm init` first, or point STICKFARM_DATA and STICKFARM_CONFIG at what it wrote",
  },
  already_initialised: {
    retry: "never",
    exit: 2,
    status: "ALREADY_EXISTS",
    remedy: "Use another STICKFARM_DATA; an existing certificate authority is never overwritten",
  },
  trust_damaged: {
    retry: "never",
    exit: 1,
    status: "DATA_LOSS",
    remedy:
      "Restore the folder named above from a backup; a new one means that every agent enrols again",
  },
  secrets_key_missing: {
    retry: "never",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy:
      "Put the key back from where you keep it, or name it: --secrets-key, STICKFARM_SECRETS_KEY_FILE, or the systemd credential stickfarm-secrets.key",
  },
  secrets_key_exposed: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy:
      "Keep it outside the data directory with `chmod 600`; if somebody else may have read it, set every secret again on a new farm",
  },
  secrets_key_wrong: {
    retry: "never",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy: "Name the key that this farm was made with: secrets sealed under it open with no other",
  },
  token_invalid: {
    retry: "never",
    exit: 4,
    status: "PERMISSION_DENIED",
    remedy: "Make a new one with `stickfarm agent token create --name NAME`",
  },
  certificate_request_invalid: {
    retry: "never",
    exit: 4,
    status: "INVALID_ARGUMENT",
    remedy: "Enrol again with this version's stickfarm-agent",
  },
  pin_mismatch: {
    retry: "never",
    exit: 5,
    status: "PERMISSION_DENIED",
    remedy:
      "Something else answers at this address; check it, or make a new token at the right controller",
  },
  unauthenticated: {
    retry: "never",
    exit: 4,
    status: "UNAUTHENTICATED",
    remedy:
      "Use the certificate that this controller issued: enrol the agent again, or set STICKFARM_CONFIG",
  },
  forbidden: {
    retry: "never",
    exit: 4,
    status: "PERMISSION_DENIED",
    remedy: "Use a certificate of the right role",
  },
  role_missing: {
    retry: "never",
    exit: 4,
    status: "PERMISSION_DENIED",
    remedy:
      "Ask an operator who has the role, or have a configuration with it made on the controller's machine: `stickfarm operator create NAME --grant drive-admin --out FILE`",
  },
  not_enrolled: {
    retry: "never",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy: "Run `stickfarm-agent enroll` with this --data first",
  },
  signature_invalid: {
    retry: "never",
    exit: 5,
    status: "PERMISSION_DENIED",
    remedy: "The order was not signed by the controller that enrolled this agent; enrol it again",
  },
  listen_failed: {
    retry: "operator",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy: "Stop what uses the address named above, or choose another one with --listen",
  },
  controller_unreachable: {
    retry: "clean",
    exit: 4,
    status: "UNAVAILABLE",
    remedy: "Start it with `stickfarm serve`, or check address and firewall",
  },
  protocol_unsupported: {
    retry: "never",
    exit: 4,
    status: "FAILED_PRECONDITION",
    remedy: "Update the older of the two programs",
  },
  agent_superseded: {
    retry: "never",
    exit: 5,
    status: "ABORTED",
    remedy:
      "Another process runs with this agent's identity; stop it, or enrol this machine under its own name",
  },
  nats_missing: {
    retry: "never",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy:
      "Install it with `apt-get install nats-server`, or set --nats-url to a server of your own",
  },

  // Drives.
  drive_gone: {
    retry: "operator",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Plug the stick in again, then `stickfarm build retry`",
  },
  drive_changed: {
    retry: "operator",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Another stick is in this bay than was consented to; plan again",
  },
  drive_too_small: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy: "Use a stick of at least the size named above",
  },
  drive_busy: {
    retry: "clean",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Close what uses the drive, or wait for its build to end",
  },
  drive_is_system: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Choose a removable drive; this one carries the running system and is never written",
  },
  drive_in_use: {
    retry: "operator",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Unmount its file systems and release its holders first",
  },
  drive_not_drive: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Name a regular file or a whole block device",
  },
  drive_not_removable: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Only USB sticks are written; nothing overrides this",
  },
  drive_not_storage: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Take it out: a stick that is a keyboard or a network card as well is no stick",
  },
  drive_too_large: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy:
      "If it is a stick, give its serial with --erase to `stickfarm build start`, or run the agent with a larger --usb-size-max",
  },
  drive_foreign_content: {
    retry: "operator",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy:
      "Look whether anybody needs what it holds; to erase it, give its serial with --erase to `stickfarm build start`",
  },
  serial_shared: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Name one bay per build: --on AGENT/BAY",
  },
  drive_read_only: {
    retry: "operator",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Move the stick's write-protect switch, or use another stick",
  },
  drive_refused: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "See `stickfarm plan` for each drive's reasons",
  },
  consent_expired: {
    retry: "operator",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy:
      "Look whether it still is the right stick, then consent again with `stickfarm build retry`",
  },
  drive_quarantined: {
    retry: "clean",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Pull the stick: its bay is free again then, or when the kernel has let go of it",
  },
  consent_missing: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy:
      "Look at the plan; type what is asked for, or repeat with --yes, and with --erase for each serial",
  },
  direct_io_unsupported: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy: "Keep the drive's file on a file system with O_DIRECT, such as ext4, xfs or btrfs",
  },

  // Attempts.
  fence_stale: {
    retry: "never",
    exit: 5,
    status: "ABORTED",
    remedy: "A newer attempt on this drive exists; nothing to do",
  },
  lease_refused: {
    retry: "clean",
    exit: 1,
    status: "ABORTED",
    remedy: "The build was cancelled or given to another attempt",
  },
  write_failed: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Try another stick; when several fail in one bay, try another bay",
  },
  read_failed: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Try another stick; when several fail in one bay, try another bay",
  },
  verify_mismatch: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "The stick returns other bytes than were written: discard it if a retry fails too",
  },
  drive_fake: {
    retry: "never",
    exit: 1,
    status: "DATA_LOSS",
    remedy:
      "Throw the stick away, or give it back: it has less memory than it claims, and loses files without a word",
  },
  drive_repaired: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy:
      "Use another stick: memory that fails once often fails again; where it will do, build with --accept-repaired",
  },
  cache_corrupt: {
    retry: "clean",
    exit: 1,
    status: "DATA_LOSS",
    remedy:
      "The workstation's cached copy changed after it was checked: check that disk; it is fetched again",
  },
  writer_died: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy: "See the agent's log for the writer's last words, then `stickfarm build retry`",
  },
  drive_hung: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy: "Pull the stick; its bay is free again once the kernel lets go of it",
  },
  drive_slow: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy: "Use another stick: this one is worn out, or no stick of its size",
  },
  interrupted: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy:
      "The agent was stopped while it wrote: the stick is dirty; `stickfarm build retry` makes it good",
  },
  agent_restarted: {
    retry: "clean",
    exit: 1,
    status: "ABORTED",
    remedy: "None needed: nothing was erased, the job is given out again",
  },
  journal_damaged: {
    retry: "operator",
    exit: 1,
    status: "DATA_LOSS",
    remedy:
      "Keep the journal for inspection, check the disk, and enrol the agent with a new --data",
  },

  // Builds and the store.
  plan_changed: {
    retry: "never",
    exit: 5,
    status: "FAILED_PRECONDITION",
    remedy: "Plan again and look at what has changed before you say yes",
  },
  build_active: {
    retry: "never",
    exit: 2,
    status: "FAILED_PRECONDITION",
    remedy: "Wait for the build to end, or cancel it first",
  },
  boot_failed: {
    retry: "operator",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Look at the console and the picture of the boot, or give it more time with --timeout",
  },
  build_failed: {
    retry: "operator",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "See `stickfarm build report`, then `stickfarm build retry`",
  },
  build_canceled: {
    retry: "operator",
    exit: 1,
    status: "ABORTED",
    remedy:
      "Sticks that had been begun are dirty and do not boot; `stickfarm build retry` makes them good",
  },
  result_conflict: {
    retry: "never",
    exit: 1,
    status: "ALREADY_EXISTS",
    remedy: "Two agents report the same attempt; look for a cloned workstation",
  },
  store_damaged: {
    retry: "never",
    exit: 1,
    status: "DATA_LOSS",
    remedy: "Restore the controller's database from a backup; nothing was changed",
  },
  store_locked: {
    retry: "never",
    exit: 1,
    status: "FAILED_PRECONDITION",
    remedy: "Another controller runs on this data directory; stop it first",
  },
  internal: {
    retry: "never",
    exit: 1,
    status: "INTERNAL",
    remedy: "This is a fault in stickfarm; please report it with the log",
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEMS;

/** An expected failure: which, with which values, and what was thrown below it if anything was. */
export type Problem = {
  readonly code: ProblemCode;
  /** "Cannot <do what> <to what>: <what is, what must be>"; values in quotes with unit; no full stop. */
  readonly detail: string;
  /** Bytes of the drive that did not do; known inside the writer only. */
  readonly range?: { readonly offsetBytes: number; readonly lengthBytes: number };
  readonly cause?: unknown;
};

export function remedyOf(code: ProblemCode): string {
  return PROBLEMS[code].remedy;
}

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text);
}
