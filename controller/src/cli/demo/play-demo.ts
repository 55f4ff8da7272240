import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { ok, type Result } from "@stickfarm/common/result";
import { findDemoImage } from "./find-demo-image.ts";
import type { Stage } from "./open-stage.ts";
import { writePayload } from "./write-payload.ts";

const AGENTS = [
  { name: "ws-1", drives: ["DEMO-A", "DEMO-B"] },
  { name: "ws-2", drives: ["DEMO-C", "DEMO-D"] },
] as const;

/** The whole way, as the README tells it. Stops at the first step that fails. */
export async function playDemo(stage: Stage): Promise<Result<number>> {
  for (const act of [openFarm, importContent, applyMedia, buildSticks]) {
    const played = await act(stage);
    if (!played.ok) return played;
  }
  return ok(0);
}

async function openFarm(stage: Stage): Promise<Result<void>> {
  const address = `127.0.0.1:${await freePort()}`;
  const steps: (() => Promise<Result<void>>)[] = [
    () => stage.run("stickfarm", "init", "--listen", address),
    () => stage.start("stickfarm", "serve", "--listen", address),
    ...AGENTS.flatMap(({ name, drives }) => [
      () => enroll(stage, name, address),
      () => stage.start("stickfarm-agent", "run", "--data", name, ...drives.flatMap(virtualDrive)),
    ]),
    () => stage.run("stickfarm", "drive", "list"),
  ];
  return inOrder(steps);
}

async function enroll(stage: Stage, name: string, address: string): Promise<Result<void>> {
  const token = await stage.ask("agent", "token", "create", "--name", name);
  if (!token.ok) return token;
  const tokenFile = `${name}.token`;
  await writeFile(join(stage.directory, tokenFile), token.value, { mode: 0o600 });
  return stage.run(
    "stickfarm-agent",
    ...["enroll", "--data", name, "--controller", address, "--token-file", tokenFile],
  );
}

function virtualDrive(serial: string, index: number): string[] {
  return ["--virtual-drive", `file=${serial}.img,size=2GiB,serial=${serial},bay=${index + 1}`];
}

async function importContent(stage: Stage): Promise<Result<void>> {
  const image = await findDemoImage(stage);
  const tree = join(stage.directory, "tree");
  await mkdir(join(tree, "EFI/BOOT"), { recursive: true });
  if (image.efiLoader !== null) await copyFile(image.efiLoader, join(tree, "EFI/BOOT/BOOTX64.EFI"));
  await writePayload(join(tree, "payload"));
  return inOrder([
    () => stage.run("stickfarm", "content", "add", image.path, "--name", image.name),
    () => stage.run("stickfarm", "boot-image", "add", "tree", "--name", "demo-tree"),
  ]);
}

async function applyMedia(stage: Stage): Promise<Result<void>> {
  const { name } = await findDemoImage(stage);
  await writeFile(join(stage.directory, "image.yaml"), imageDefinition(name));
  await writeFile(join(stage.directory, "files.yaml"), FILES_DEFINITION);
  return inOrder([
    () => stage.run("stickfarm", "media", "apply", "-f", "image.yaml"),
    () => stage.run("stickfarm", "media", "apply", "-f", "files.yaml"),
    () => stage.run("stickfarm", "plan", "demo-files", "--on", "ws-1/1", "--on", "ws-2/1"),
  ]);
}

/** Two definitions at once, a stick of each on both agents. */
async function buildSticks(stage: Stage): Promise<Result<void>> {
  const ids: string[] = [];
  for (const [media, bay] of [
    ["demo-files", "1"],
    ["demo-image", "2"],
  ] as const) {
    const targets = AGENTS.flatMap(({ name }) => ["--on", `${name}/${bay}`]);
    stage.say(`\n$ stickfarm build start ${media} ${targets.join(" ")} --yes`);
    const started = await stage.ask("build", "start", media, ...targets, "--yes", "-o", "json");
    if (!started.ok) return started;
    const { buildId } = JSON.parse(started.value) as { buildId: string }; // Our own program's answer.
    stage.say(buildId);
    ids.push(buildId);
  }
  return inOrder([
    () => stage.run("stickfarm", "build", "watch", ...ids),
    ...ids.map((id) => () => stage.run("stickfarm", "build", "report", id)),
  ]);
}

async function inOrder(steps: readonly (() => Promise<Result<void>>)[]): Promise<Result<void>> {
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** Somebody else may take it before the controller does; then the demo says so. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function imageDefinition(content: string): string {
  return `apiVersion: stickfarm/v1
kind: DiskImage
metadata:
  name: demo-image
  description: A raw image, written as it is
spec:
  image: { content: ${content} }
`;
}

const FILES_DEFINITION = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata:
  name: demo-files
  description: Files, laid out on one FAT32 partition
spec:
  output:
    usb: { partitionTable: gpt }
    label: DEMO STICK
  bootImage: { name: demo-tree }
  customization:
    variables:
      - { name: Site, value: workshop }
`;
