import { open } from "node:fs/promises";
import { onTestFinished } from "vitest";
import { runProgram } from "../../support/run-program.ts";

/** What is wrong with a medium; sizes and places in bytes, multiples of 512. */
export type Fault =
  /** Nothing can be read or written there. */
  | { readonly kind: "unreadable"; readonly from: number; readonly to: number }
  /** Addresses begin anew after the real size. */
  | { readonly kind: "wraps"; readonly realBytes: number }
  /** Beyond the real size writes are lost and zeros are read. */
  | { readonly kind: "drops"; readonly realBytes: number }
  /** One byte of what is written comes out as another. */
  | { readonly kind: "corrupts"; readonly at: number };

const SECTOR = 512;
const ENV = { env: { DM_DISABLE_UDEV: "1" } };

/** A medium of the device mapper over a file, to be plugged in as a stick. Gives its node. */
export async function makeFaultyMedium(
  file: string,
  sizeBytes: number,
  fault: Fault,
): Promise<string> {
  const handle = await open(file, "w");
  await handle.truncate(sizeBytes);
  await handle.close();
  const loop = (await runProgram("losetup", ["--find", "--show", file])).trim();
  const name = `faulty-${loop.replaceAll("/", "-").slice(1)}`;
  await runProgram(
    "dmsetup",
    ["create", name, "--table", renderTable(loop, sizeBytes, fault)],
    ENV,
  );
  onTestFinished(async () => {
    await runProgram("dmsetup", ["remove", "--force", name], ENV).catch(() => undefined);
    await runProgram("losetup", ["--detach", loop]).catch(() => undefined);
  });
  return `/dev/mapper/${name}`;
}

/** Source: Documentation/admin-guide/device-mapper of Linux 6.1. */
function renderTable(loop: string, sizeBytes: number, fault: Fault): string {
  const line = (from: number, to: number, target: string): string =>
    `${from / SECTOR} ${(to - from) / SECTOR} ${target}`;
  const good = (from: number, to: number): string =>
    line(from, to, `linear ${loop} ${from / SECTOR}`);
  switch (fault.kind) {
    case "unreadable":
      return [
        good(0, fault.from),
        line(fault.from, fault.to, "error"),
        good(fault.to, sizeBytes),
      ].join("\n");
    case "wraps": {
      const lines: string[] = [];
      for (let at = 0; at < sizeBytes; at += fault.realBytes) {
        lines.push(line(at, Math.min(sizeBytes, at + fault.realBytes), `linear ${loop} 0`));
      }
      return lines.join("\n");
    }
    case "drops":
      return [good(0, fault.realBytes), line(fault.realBytes, sizeBytes, "zero")].join("\n");
    case "corrupts": {
      const to = fault.at + 4096;
      const flakey = `flakey ${loop} ${fault.at / SECTOR} 0 1000000 5 corrupt_bio_byte 1 w 170 0`;
      return [good(0, fault.at), line(fault.at, to, flakey), good(to, sizeBytes)].join("\n");
    }
  }
}
