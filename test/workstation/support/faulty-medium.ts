import { open } from "node:fs/promises";
import { onTestFinished } from "vitest";
import { runProgram } from "../../support/run-program.ts";

/** What is wrong with a medium; sizes and places in bytes, multiples of 4096. */
export type Fault =
  | { readonly kind: "none" }
  /** Nothing can be read or written there. */
  | { readonly kind: "unreadable"; readonly from: number; readonly to: number }
  /** Nothing can be written anywhere. */
  | { readonly kind: "refuses-writes" }
  /** Addresses begin anew after `wrapBytes`; between the real size and there writes are lost and zeros are read. */
  | { readonly kind: "wraps"; readonly realBytes: number; readonly wrapBytes: number }
  /** Beyond the real size writes are lost and zeros are read. */
  | { readonly kind: "drops"; readonly realBytes: number }
  /** One byte of what is written comes out as another. */
  | { readonly kind: "corrupts"; readonly at: number }
  /** Each 4096 bytes there take their time. What lies behind that can decay. */
  | {
      readonly kind: "slow";
      readonly from: number;
      readonly to: number;
      readonly readMs: number;
      readonly writeMs: number;
    };

export type FaultyMedium = {
  /** To be plugged in as a stick. */
  readonly node: string;
  /** From now on it is like this; what was asked of it before is done first. */
  readonly become: (fault: Fault) => Promise<void>;
  /** This place of a slow medium cannot be read any more until it is written. */
  readonly decay: (at: number) => Promise<void>;
  /** It answers nothing any more, until it is let go on. */
  readonly hang: () => Promise<void>;
  readonly goOn: () => Promise<void>;
};

const SECTOR = 512;
const PAGE = 4096;

/** A medium of the device mapper over a file; it goes with the test. */
export async function makeFaultyMedium(
  file: string,
  sizeBytes: number,
  fault: Fault,
): Promise<FaultyMedium> {
  const handle = await open(file, "w");
  await handle.truncate(sizeBytes);
  await handle.close();
  const loop = (await runProgram("losetup", ["--find", "--show", file])).trim();
  const name = `faulty-${loop.replaceAll("/", "-").slice(1)}`;
  const table = (now: Fault): string[] => ["--table", renderTable({ loop, sizeBytes, fault: now })];
  // Read ahead, a whole range would be delayed only once.
  const ahead = fault.kind === "slow" ? ["--readahead", "none"] : [];
  await dmsetup("create", name, ...ahead, ...table(fault));
  onTestFinished(async () => {
    await dmsetup("resume", name).catch(() => undefined);
    await dmsetup("remove", "--force", name).catch(() => undefined);
    await runProgram("losetup", ["--detach", loop]).catch(() => undefined);
  });
  return {
    node: `/dev/mapper/${name}`,
    become: async (now) => {
      await dmsetup("load", name, ...table(now));
      await dmsetup("suspend", "--nolockfs", name);
      await dmsetup("resume", name);
    },
    decay: async (at) => {
      const sector = String(at / SECTOR);
      for (const message of [["addbadblock", sector], ["enable"]])
        await dmsetup("message", name, sector, ...message);
    },
    hang: () => dmsetup("suspend", "--noflush", "--nolockfs", name),
    goOn: () => dmsetup("resume", name),
  };
}

/** Without udev nobody else makes its nodes. */
async function dmsetup(...args: string[]): Promise<void> {
  await runProgram("dmsetup", args, { env: { DM_DISABLE_UDEV: "1" } });
}

type Table = { readonly loop: string; readonly sizeBytes: number; readonly fault: Fault };

/** Source: Documentation/admin-guide/device-mapper of Linux 6.1. */
function renderTable({ loop, sizeBytes, fault }: Table): string {
  const line = (from: number, to: number, target: string): string =>
    `${from / SECTOR} ${(to - from) / SECTOR} ${target}`;
  const good = (from: number, to: number): string =>
    line(from, to, `linear ${loop} ${from / SECTOR}`);
  const among = (from: number, to: number, target: string): string =>
    [
      ...(from === 0 ? [] : [good(0, from)]),
      line(from, to, target),
      ...(to === sizeBytes ? [] : [good(to, sizeBytes)]),
    ].join("\n");
  switch (fault.kind) {
    case "none":
      return good(0, sizeBytes);
    case "unreadable":
      return among(fault.from, fault.to, "error");
    case "refuses-writes":
      return `0 ${sizeBytes / SECTOR} flakey ${loop} 0 0 1000000 1 error_writes`;
    case "wraps": {
      const lines: string[] = [];
      for (let at = 0; at < sizeBytes; at += fault.wrapBytes) {
        const real = Math.min(sizeBytes, at + fault.realBytes);
        const end = Math.min(sizeBytes, at + fault.wrapBytes);
        lines.push(line(at, real, `linear ${loop} 0`));
        if (real < end) lines.push(line(real, end, "zero"));
      }
      return lines.join("\n");
    }
    case "drops":
      return [good(0, fault.realBytes), line(fault.realBytes, sizeBytes, "zero")].join("\n");
    case "corrupts": {
      const flakey = `flakey ${loop} ${fault.at / SECTOR} 0 1000000 5 corrupt_bio_byte 1 w 170 0`;
      return among(fault.at, fault.at + PAGE, flakey);
    }
    case "slow": {
      const { from, to, readMs, writeMs } = fault;
      const place = `${loop} ${from / SECTOR}`;
      // Flushes go to the whole medium, wherever it was written.
      const delay = `delay ${place} ${readMs} ${place} ${writeMs} ${place} 0`;
      const dust = line(to, sizeBytes, `dust ${loop} ${to / SECTOR} ${SECTOR}`);
      return [...(from === 0 ? [] : [good(0, from)]), line(from, to, delay), dust].join("\n");
    }
  }
}
