/** A workstation that comes to a bad end says how, and is not started a second time. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingPrograms } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { findKernel, runWorkstation } from "./workstation/run-workstation.ts";

test.for([
  ["echo c > /proc/sysrq-trigger", 60_000, /^died: /, /Kernel panic/],
  ["sleep 600", 8000, /^still ran after 8 s$/, /begun/],
  ["true", 60_000, /^in order$/, /begun/],
] as const)(
  "a workstation that runs `%s` ends as it must",
  async ([command, limitMs, end, words], { skip }) => {
    const kernel = await findKernel();
    if (kernel === null) return skip("no lab kernel: `npm run lab:kernel` makes one");
    skip(missingPrograms("xz").length > 0, "this machine lacks xz");
    const share = await tempDirectory();
    const script = `echo begun\necho begun >> /mnt/starts\n${command}\n`;
    const ended = await runWorkstation({ share, script, kernel, limitMs });
    expect(ended.end).toMatch(end);
    expect(ended.printed).toMatch(words);
    expect(await readFile(join(share, "starts"), "utf8")).toBe("begun\n");
  },
);
