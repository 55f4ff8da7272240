import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingPrograms } from "../support/run-program.ts";
import { DD, ETCHER } from "./judge-peers.ts";
import type { Place } from "./results.ts";
import { runCommand } from "./run-command.ts";
import type { Scratch } from "./scratch.ts";

export const BMAPTOOL = "bmaptool + cmp";

export type PeerImage = {
  readonly path: string;
  /** Once it is expanded. */
  readonly sizeBytes: number;
  /** Beside it. */
  readonly blockMapPath: string;
};

/** Another program that writes images and proves them. */
export type Peer = {
  readonly name: string;
  /** `null` when it can be run. */
  readonly whyNot: () => string | null;
  readonly install: (scratch: Scratch) => Promise<void>;
  /** More are left out: it takes too long and tells nothing more. */
  readonly targetsMax: number;
  readonly run: (job: PeerJob) => Promise<void>;
};

export type PeerJob = {
  readonly scratch: Scratch;
  readonly image: PeerImage;
  readonly place: Place;
  readonly targets: readonly string[];
};

/** etcher-sdk's own fork of a package comes from where no registry leads; the published one does the same. */
const ETCHER_PACKAGE = {
  private: true,
  dependencies: { "etcher-sdk": "10.2.15" },
  overrides: { "unbzip2-stream": "1.4.3" },
};

const ETCHER_MAIN = fileURLToPath(new URL("etcher-main.js", import.meta.url));

export const PEERS: readonly Peer[] = [
  {
    name: DD,
    whyNot: () => whyNotPrograms("dd", "cmp"),
    install: async () => undefined,
    targetsMax: 8,
    run: (job) => onEach(job, copyByDd),
  },
  {
    name: BMAPTOOL,
    whyNot: () => whyNotPrograms("bmaptool", "cmp"),
    install: (scratch) => installDebian(scratch, "bmap-tools"),
    targetsMax: 4,
    run: (job) => onEach(job, copyByBmaptool),
  },
  {
    name: ETCHER,
    whyNot: () =>
      existsSync(join(etcherFolder(), "node_modules/etcher-sdk/package.json"))
        ? null
        : "it is not installed (--install)",
    install: installEtcher,
    targetsMax: Number.POSITIVE_INFINITY,
    run: async ({ scratch, image, place, targets }) => {
      await runEtcher(scratch, place, image.path, String(image.sizeBytes), ...targets);
      // Into files it writes through the page cache, and leaves to the next program what has not reached the disk.
      if (place === "file") await runCommand(scratch, "sync", targets);
    },
  },
];

/** The part of each run that it takes to load etcher-sdk; its rows hold it, as they hold dd's start. */
export function loadEtcher(scratch: Scratch): Promise<void> {
  return runEtcher(scratch);
}

/** With as little of an environment as our writers have: some of its variables make each start of Node slower. */
function runEtcher(scratch: Scratch, ...job: string[]): Promise<void> {
  const env = { PATH: process.env["PATH"] };
  return runCommand(scratch, process.execPath, [ETCHER_MAIN, etcherFolder(), ...job], { env });
}

/** A pair of processes for each target, all targets at once. */
async function onEach(
  job: PeerJob,
  copy: (job: PeerJob, target: string) => Promise<void>,
): Promise<void> {
  const { scratch, image, targets } = job;
  await Promise.all(
    targets.map(async (target) => {
      await copy(job, target);
      await runCommand(scratch, "cmp", [image.path, target]);
    }),
  );
}

/** `notrunc` spares dd the freeing and taking of a file's blocks, which a stick does not know either. */
function copyByDd({ scratch, image }: PeerJob, target: string): Promise<void> {
  const flags = ["bs=4M", "oflag=direct", "conv=fsync,notrunc", "status=none"];
  return runCommand(scratch, "dd", [`if=${image.path}`, `of=${target}`, ...flags]);
}

function copyByBmaptool({ scratch, image }: PeerJob, target: string): Promise<void> {
  const args = ["--quiet", "copy", "--bmap", image.blockMapPath, image.path, target];
  return runCommand(scratch, "bmaptool", args);
}

function whyNotPrograms(...programs: string[]): string | null {
  const missing = missingPrograms(...programs);
  return missing.length === 0 ? null : `${missing.join(" and ")} is not installed (--install)`;
}

async function installDebian(scratch: Scratch, name: string): Promise<void> {
  const flags = ["-q", "install", "-y", "--no-install-recommends"];
  await runCommand(scratch, "apt-get", [...flags, name]);
}

function etcherFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "stickfarm/bench/etcher-sdk");
}

async function installEtcher(scratch: Scratch): Promise<void> {
  const cwd = etcherFolder();
  await mkdir(cwd, { recursive: true });
  await writeFile(join(cwd, "package.json"), JSON.stringify(ETCHER_PACKAGE));
  await runCommand(scratch, "npm", ["install", "--no-audit", "--no-fund"], { cwd });
}
