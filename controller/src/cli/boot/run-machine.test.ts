import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFakeTool } from "@stickfarm/common/rim/fake-tool";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { type MachineRun, runMachine } from "./run-machine.ts";

const PATIENT = { timeout: 20_000 };
const PNG = "89504e470d0a1a0a";

/** Obeys the contract of QEMU that is used here: serial on stdout, QMP on the socket, ends only when killed. */
const MACHINE = `
const { createServer } = require("net");
const { writeFileSync } = require("fs");
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
writeFileSync(__dirname + "/pid", String(process.pid));
createServer((socket) => {
  socket.write('{"QMP": {}}\\r\\n');
  socket.on("data", (bytes) => {
    for (const line of String(bytes).trim().split("\\n")) {
      const command = JSON.parse(line);
      if (command.execute === "screendump")
        writeFileSync(command.arguments.filename, Buffer.from("${PNG}", "hex"));
      socket.write('{"event": "RESUME"}\\r\\n{"return": {}}\\r\\n');
    }
  });
  socket.on("error", () => undefined);
}).listen(option("-qmp").slice(5).split(",")[0], () => main());
setInterval(() => undefined, 1000);
`;

test.each([
  [
    "seen",
    /BOOTED ok/,
    `console.log("GRUB\\u001b[2J"); setTimeout(() => process.stdout.write("BOOTED \\u001b[1mok\\n"), 50)`,
  ],
  ["nothingBoots", /BOOTED/, `console.log("No bootable device.")`],
  ["notSeen", /BOOTED/, `console.log("GRUB")`],
  ["watched", null, `console.log("GRUB")`],
] as const)(
  "runMachine() says %s when %s is looked for in %s",
  async (verdict, pattern, script) => {
    const { result, pid } = await run(script, {
      pattern,
      limitMs: verdict === "notSeen" || verdict === "watched" ? 5_000 : 60_000,
    });
    expect(result).toMatchObject({ ok: true, value: { verdict, picture: { ok: true } } });
    if (!result.ok || !result.value.picture.ok) throw new Error("unreachable");
    expect(Buffer.from(result.value.picture.value).toString("hex")).toBe(PNG);
    expect(result.value.console).not.toContain("\u001b");
    expect(isAlive(await pid())).toBe(false);
  },
);

test("runMachine() says nothing of a pattern when the machine has ended by itself", async () => {
  const { result } = await run("process.exit(0)", { pattern: /BOOTED/ });
  expect(result).toMatchObject({ ok: true, value: { verdict: "notSeen", picture: { ok: false } } });
});

test("runMachine() hands on QEMU's words when it cannot start the machine", async () => {
  const { result } = await run(`console.error("qemu: no such device"); process.exit(1)`, {});
  expect(result).toMatchObject({
    problem: { code: "tool_failed", detail: expect.stringContaining("no such device") },
  });
});

test("runMachine() that is interrupted ends the machine", async () => {
  const stop = new AbortController();
  const { result, pid } = await run(`console.log("GRUB")`, {
    signal: stop.signal,
    onText: () => stop.abort(),
  });
  expect(result).toMatchObject({ problem: { code: "canceled" } });
  expect(isAlive(await pid())).toBe(false);
});

async function run(script: string, options: Partial<MachineRun>) {
  const directory = await makeTemporaryFolder(onTestFinished);
  const programPath = await makeFakeTool(directory, `${MACHINE}\nfunction main() { ${script} }`);
  const result = await runMachine({
    doing: "Cannot boot",
    programPath,
    machine: {
      stickPath: join(directory, "stick.img"),
      firmware: "bios",
      flash: null,
      memoryBytes: 2 ** 30,
      kvm: false,
    },
    directory,
    pattern: null,
    limitMs: PATIENT.timeout,
    signal: new AbortController().signal,
    ...options,
  });
  const pid = async () => Number(await readFile(programPath.replace(/[^/]+$/, "pid"), "utf8"));
  return { result, pid };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
