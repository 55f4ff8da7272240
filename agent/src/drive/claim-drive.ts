import { close, constants, fstat, open } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { findUnanswered } from "@stickfarm/common/drive/ask-serial";
import { codeOfErrno } from "@stickfarm/common/drive/code-of-errno";
import type { Drive, DriveConsent } from "@stickfarm/common/drive/drive";
import { matchConsent } from "@stickfarm/common/drive/match-consent";
import type { DriveGeometry } from "@stickfarm/common/layout/extent";
import type { Problem, ProblemCode } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { describeDrive, type Found, lookAt } from "./describe-drive.ts";
import type { DriveSource } from "./drive-source.ts";
import { findHolder } from "./find-holder.ts";
import { lockDrive } from "./lock-drive.ts";
import { type DriveHost, readMachine } from "./read-machine.ts";

/** A drive that is ours alone. From here on nothing is opened by path. */
export type ClaimedDrive = {
  /** Open for reading and writing past the page cache; to be handed to the writer. */
  readonly fd: number;
  readonly drive: Drive;
  readonly geometry: DriveGeometry;
  /** The claim ends when the writer has closed it too. */
  readonly close: () => Promise<void>;
};

export type OpenDriveFile = (path: string, flags: number) => Promise<number>;

type Opening = { readonly openDrive: OpenDriveFile; readonly limitMs: number };

const openFile: OpenDriveFile = promisify(open);
/** A disk that has to spin up takes half a minute. */
const OPEN_LIMIT_MS = 60_000;

/**
 * Take a drive for one attempt: look at it, open it once and exclusively, lock it, and look again through the descriptor,
 * so that what was judged is what was opened. There is no second try, no shared open and no unmounting: busy is a verdict.
 *
 * Nothing is written. The last argument is for tests.
 *
 * Problems: drive_changed, drive_busy, drive_gone, drive_hung, direct_io_unsupported, drive_too_large when the
 *           consent does not answer it, those of whyNotWritable, tool_missing.
 */
export async function claimDrive(
  source: DriveSource,
  consent: DriveConsent,
  host: DriveHost,
  { openDrive = openFile, limitMs = OPEN_LIMIT_MS }: Partial<Opening> = {},
): Promise<Result<ClaimedDrive>> {
  const seen = await lookAt(source);
  const before = await judge(source, consent, { found: seen, host });
  if (!before.ok) return before;
  const opened = await openExclusively(source, seen.path, { openDrive, limitMs });
  if (!opened.ok) return opened;
  const fd = opened.value;
  const closeDrive = (): Promise<void> => promisify(close)(fd);
  const claim = lockAndJudge({ source, consent, host, fd, path: seen.path });
  const claimed = await claim.catch(async (error: unknown) => {
    await closeDrive();
    throw error;
  });
  if (!claimed.ok) {
    await closeDrive();
    return claimed.problem.code === "drive_busy" ? fail(await busy(seen.path)) : claimed;
  }
  const { sizeBytes, logicalBlockBytes } = claimed.value;
  return ok({
    fd,
    drive: claimed.value,
    geometry: { sizeBytes, logicalBlockBytes },
    close: closeDrive,
  });
}

/** The drive, when it is the one that was consented to and nothing speaks against it. */
async function judge(
  source: DriveSource,
  consent: DriveConsent,
  { found, host }: { readonly found: Found; readonly host: DriveHost },
): Promise<Result<Drive>> {
  const drive = describeDrive(source, found, await readMachine(host));
  if (drive === null) {
    const detail = `Cannot claim the drive "${found.path}": it is not there`;
    return fail({ code: "drive_gone", detail });
  }
  const [refusal] = drive.refusals;
  if (refusal !== undefined) return fail(refusal);
  const unanswered = findUnanswered(drive.asks, consent);
  if (unanswered !== null) return fail(unanswered);
  const matched = matchConsent(consent, drive);
  return matched.ok ? ok(drive) : matched;
}

async function openExclusively(
  source: DriveSource,
  path: string,
  { openDrive, limitMs }: Opening,
): Promise<Result<number>> {
  // Node adds O_CLOEXEC. O_EXCL without O_CREAT is defined for block devices only: open(2).
  const exclusive = source.kind === "file" ? 0 : constants.O_EXCL;
  const flags = constants.O_RDWR | constants.O_DIRECT | constants.O_NOFOLLOW | exclusive;
  try {
    const fd = await within(openDrive(path, flags), limitMs);
    if (fd !== null) return ok(fd);
    const detail = `Cannot open the drive "${path}": it has not answered for ${limitMs / 1000} s`;
    return fail({ code: "drive_hung", detail });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // node:fs throws nothing else.
    if (code === "EBUSY") return fail(await busy(path));
    const detail = `Cannot open the drive "${path}": ${message}`;
    const known = OPEN_CODES[code ?? ""] ?? codeOfErrno(code);
    return fail({ code: known ?? "drive_refused", detail, cause: error });
  }
}

/** `null` when it takes longer: the kernel may hold an opening until a read of somebody else has ended. Late, it is closed. */
async function within(opened: Promise<number>, limitMs: number): Promise<number | null> {
  const late = new AbortController();
  const fd = await Promise.race([
    opened,
    setTimeout(limitMs, null, { signal: late.signal }).catch(() => null),
  ]);
  late.abort();
  // Nobody waits for what comes of it.
  if (fd === null) void opened.then(promisify(close)).catch(() => undefined);
  return fd;
}

/** What only an opening meets. */
const OPEN_CODES: Readonly<Partial<Record<string, ProblemCode>>> = {
  ENOENT: "drive_gone",
  ELOOP: "drive_not_drive",
  EISDIR: "drive_not_drive",
  // An active swap file, or a program that runs.
  ETXTBSY: "drive_in_use",
};

async function lockAndJudge(claim: {
  readonly source: DriveSource;
  readonly consent: DriveConsent;
  readonly host: DriveHost;
  readonly fd: number;
  readonly path: string;
}): Promise<Result<Drive>> {
  const { source, consent, host, fd, path } = claim;
  const locked = await lockDrive(fd, source.kind !== "file");
  if (!locked.ok) return locked;
  if (locked.value === "held") {
    return fail({ code: "drive_busy", detail: `Cannot claim the drive "${path}": it is locked` });
  }
  const stats = await promisify(fstat)(fd, { bigint: true });
  return judge(source, consent, { found: { path, stats }, host });
}

async function busy(path: string): Promise<Problem> {
  const holder = (await findHolder(path)) ?? "another program";
  return { code: "drive_busy", detail: `Cannot claim the drive "${path}": ${holder} holds it` };
}
