import { createCipheriv } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import type { Program } from "../support/processes.ts";
import { missingPrograms } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { checkFat, extractFat, STICK_JUDGES } from "./support/fat-stick.ts";
import { blocksOf, readReadme, sectionOf } from "./support/readme.ts";
import { CLONE_PATH, startLine } from "./support/shell.ts";

const FOREGROUND_LIMIT_MS = 120_000;
const READY_LIMIT_MS = 120_000;
const DOCUMENTED_PORT = 7443;

const TREE: Readonly<Record<string, Buffer>> = {
  "readme.txt": Buffer.from("What lies here was laid out, not copied.\n"),
  "empty.dat": Buffer.alloc(0),
  "Ein langer Name mit Umlauten äöü.txt": Buffer.from("größe\n"),
  "deep/er/still/data.bin": noise(3 * 1024 * 1024 + 17),
  "one-cluster.bin": noise(4096),
};

test("README's transcript, typed line by line, ends in two verified sticks and leaves nothing running", {
  timeout: 600_000,
}, async ({ skip }) => {
  const missing = missingPrograms(...STICK_JUDGES);
  if (missing.length > 0) skip(`not on this machine: ${missing.join(", ")}`);
  const folder = await tempDirectory();
  const { lines, yaml } = await readTranscript();
  await plantTree(join(folder, "tree"));
  await writeFile(join(folder, "media.yaml"), yaml);

  const { answers, background } = await typeLines(lines, folder);

  const report = JSON.parse(answers.at(-1) ?? "") as Report;
  expect(report).toMatchObject({
    state: "succeeded",
    media: { name: "my-media", revision: 1 },
    sticks: [
      { agent: "ws-1", bay: "1", serial: "A1", state: "succeeded", proof: "read-back" },
      { agent: "ws-1", bay: "2", serial: "B2", state: "succeeded", proof: "read-back" },
    ],
  });
  for (const program of background.reverse()) {
    program.signal("SIGTERM");
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(program.isAlive()).toBe(false);
  }
  expect(processesOf(folder)).toEqual([]);
  for (const stick of ["a.img", "b.img"])
    await expectGoodStick(join(folder, stick), folder, placeOf(yaml));
});

/** Command lines of what still runs in this folder, or with a file of it. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const isHere = readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
        return isHere || command.includes(folder) ? [command.replaceAll("\0", " ")] : [];
      } catch {
        // It has gone, or belongs to somebody else.
        return [];
      }
    });
}

type Report = { readonly state: string };

/** The lines as they are documented, but on a port of this test, and the definition that goes with them. */
async function readTranscript() {
  const section = sectionOf(await readReadme(), "## By hand");
  const [block] = blocksOf(section, "sh");
  const [yaml] = blocksOf(section, "yaml");
  if (block === undefined || yaml === undefined)
    throw new Error('README.md must show the commands (sh) and media.yaml (yaml) under "By hand"');
  const address = `127.0.0.1:${await freePort()}`;
  const lines = block
    .split("\n")
    .map((line) => line.replace(/\s*#.*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => line.replaceAll(`127.0.0.1:${DOCUMENTED_PORT}`, address))
    // `init` writes the default port, which is the documented one, for the operator.
    .map((line) => (line === "npx stickfarm init" ? `${line} --listen ${address}` : line));
  expect(block).toContain(String(DOCUMENTED_PORT));
  return { lines, yaml };
}

/** What each line that ended printed, and what still runs. */
async function typeLines(lines: readonly string[], cwd: string) {
  const env: Record<string, string> = { PATH: CLONE_PATH };
  const answers: string[] = [];
  const background: Program[] = [];
  for (const line of lines) {
    if (line.startsWith("export ")) {
      for (const word of line.split(" ").slice(1)) {
        const [name = "", value = ""] = word.split("=");
        env[name] = value.replaceAll("$PWD", cwd);
      }
      continue;
    }
    const typed = line.replace(/^npx /, "");
    if (typed.endsWith("&")) {
      // As a shell does for "&": the program itself is what was started, no shell waits for it.
      const program = startLine(`exec ${typed.slice(0, -1)}`, { cwd, env });
      await program.waitForLine(/^ready/, READY_LIMIT_MS);
      background.push(program);
      continue;
    }
    const program = startLine(typed, { cwd, env });
    const ended = await endOf(program, line);
    expect(ended, line).toMatchObject({ code: 0 });
    answers.push(ended.stdout);
  }
  return { answers, background };
}

async function endOf(program: Program, line: string) {
  const timer = setTimeout(() => program.signal("SIGKILL"), FOREGROUND_LIMIT_MS);
  try {
    const ended = await program.ended;
    if (ended.signal === "SIGKILL")
      throw new Error(`${line}: not over in ${FOREGROUND_LIMIT_MS} ms`);
    return ended;
  } finally {
    clearTimeout(timer);
  }
}

/** Folder of the stick that the tree goes to. */
function placeOf(yaml: string): string {
  return /\bat: *"?\/?([^\s",}]*)/.exec(yaml)?.[1] ?? "";
}

async function expectGoodStick(stick: string, folder: string, place: string): Promise<void> {
  const said = (await checkFat(stick, folder)).trim().split("\n");
  expect(said).toEqual([
    expect.stringContaining("fsck.fat"),
    expect.stringMatching(/ \d+ files, \d+\/\d+ clusters$/),
  ]);
  const files = `${stick}.files`;
  await extractFat(stick, files);
  for (const [path, bytes] of Object.entries(TREE))
    expect((await readFile(join(files, place, path))).equals(bytes), path).toBe(true);
}

async function plantTree(folder: string): Promise<void> {
  for (const [path, bytes] of Object.entries(TREE)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

function noise(byteCount: number): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(byteCount));
}
