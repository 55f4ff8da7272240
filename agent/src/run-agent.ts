import { setMaxListeners } from "node:events";
import { join, resolve } from "node:path";
import type { Log } from "@stickfarm/common/log";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { type CloseStack, openInOrder } from "@stickfarm/common/rim/close-stack";
import type { SecretMask } from "@stickfarm/common/rim/secret-mask";
import { Secret } from "@stickfarm/common/secret";
import { phaseToWire, reportToWire } from "@stickfarm/common/wire/attempt";
import { driveToWire } from "@stickfarm/common/wire/drive";
import { problemToWire } from "@stickfarm/common/wire/problem";
import type { Hello } from "@stickfarm/proto/stickfarm/v1/agent";
import { ulid } from "ulid";
import { stallLimitsOf } from "./attempt/stall-watch.ts";
import { openBlobServer } from "./content/blob-server.ts";
import { type ContentCache, openContentCache } from "./content/content-cache.ts";
import { openPointServers, type PointServers } from "./content/point-servers.ts";
import { createVirtualFiles } from "./drive/create-virtual-files.ts";
import { type DriveOffer, listOffered } from "./drive/drive-offer.ts";
import { type Glances, openGlances } from "./drive/glances.ts";
import { isProcessRunning, keepAutomountOff, RULES_FOLDER } from "./drive/keep-automount-off.ts";
import { type DriveHost, readBootId, thisHost } from "./drive/read-machine.ts";
import { type ControllerLink, startControllerLink } from "./grpc/controller-link.ts";
import type { HeldAttempt } from "./journal/fold-journal.ts";
import { type Journal, openJournal } from "./journal/open-journal.ts";
import { claimStick } from "./run/claim-stick.ts";
import { type DriveWatch, watchDrives } from "./run/drive-watch.ts";
import { handleControllerMessages } from "./run/handle-messages.ts";
import { holdDataDirectory } from "./run/hold-data-directory.ts";
import { holdStrays } from "./run/hold-strays.ts";
import { blinkerAt, type Locator, openLocator } from "./run/locate-drives.ts";
import { claimUnseen, lookerAt } from "./run/look-at-drives.ts";
import { type DeskPorts, OrderDesk } from "./run/order-desk.ts";
import { openPictures, type Pictures } from "./run/pictures.ts";
import { prepareContent } from "./run/prepare-content.ts";
import { progressMeter } from "./run/progress-meter.ts";
import { claimUnheld, openQuarantine, type Quarantine } from "./run/quarantine.ts";
import { startReports } from "./run/send-reports.ts";
import { type AgentIdentity, loadIdentity } from "./trust/identity-file.ts";
import { verifySignature } from "./trust/verify-signature.ts";

export type AgentOptions = {
  readonly dataDirectory: string;
  readonly offer: DriveOffer;
  /** A drive that does not answer for so long is given up. */
  readonly stallLimitMs: number;
  /** HOST:PORT, or the one that it was enrolled at. */
  readonly controller: string | null;
  readonly version: string;
  readonly log: Log;
  /** Learns the keys of this agent. */
  readonly mask: SecretMask;
  /** The controller will not have this agent; nothing but a person can mend it. */
  readonly onRefused: (problem: Problem) => void;
};

export type RunningAgent = {
  readonly name: string;
  readonly close: () => Promise<void>;
};

const PROTOCOL = 1;
const CACHE_NAME = "cache";

/**
 * Run an agent until `close`. Attempts that a crash cut off get their result before the first order is taken.
 *
 * Opened in this order and closed in reverse: the hold on the data directory, identity, journal, drives, cache, NATS, the
 * link. Closing ends the writers: their sticks stay dirty, and the next run says so.
 * Problems: agent_superseded, not_enrolled, journal_damaged, usage (a drive's file).
 */
export function runAgent(options: AgentOptions): Promise<Result<RunningAgent>> {
  return openInOrder((stack) => openAgent(options, stack));
}

async function openAgent(options: AgentOptions, stack: CloseStack): Promise<Result<RunningAgent>> {
  const opened = await openParts(options, stack);
  if (!opened.ok) return opened;
  const parts = opened.value;
  const { identity, drives, log } = parts;
  const links: { current: ControllerLink | null } = { current: null };
  const send: ControllerLink["send"] = (message) => links.current?.send(message);
  const reports = startReports({
    journal: parts.journal,
    send: async (report) => links.current?.report(reportToWire(report)) ?? notLinked(),
    log,
  });
  stack.defer(reports.close);
  const desk = new OrderDesk(deskPorts(parts, send, reports.wake));
  stack.defer(() => desk.close());
  await desk.recover();
  const session = {
    version: options.version,
    incarnation: ulid(),
    bootId: await readBootId(parts.host.proc),
  };
  links.current = startControllerLink(
    { address: parts.address, ...identity, random: Math.random, log },
    {
      hello: () => hello(parts, session),
      received: handleControllerMessages({ ...parts, desk, reports, send }),
      refused: options.onRefused,
    },
  );
  stack.defer(async () => links.current?.close());
  drives.onChange((seen) =>
    send({ $case: "drivesSeen", value: { drives: seen.map(driveToWire) } }),
  );
  return ok({ name: identity.name, close: () => stack.close() });
}

/** What the agent is made of, before it talks to anybody. */
type Parts = {
  readonly identity: AgentIdentity;
  readonly address: string;
  readonly journal: Journal;
  readonly offer: DriveOffer;
  readonly host: DriveHost;
  readonly drives: DriveWatch;
  readonly glances: Glances;
  readonly locator: Locator;
  readonly quarantine: Quarantine;
  readonly cache: ContentCache;
  readonly points: PointServers;
  readonly pictures: Pictures;
  readonly stallLimitMs: number;
  readonly log: Log;
};

async function openParts(options: AgentOptions, stack: CloseStack): Promise<Result<Parts>> {
  const { log, offer } = options;
  const dataDirectory = resolve(options.dataDirectory);
  const hold = await holdDataDirectory(dataDirectory);
  if (!hold.ok) return hold;
  stack.defer(hold.value.close);
  const identity = await loadIdentity(dataDirectory);
  if (!identity.ok) return identity;
  for (const key of [identity.value.keyPem, identity.value.natsSeed])
    options.mask.learn(Secret.ofText(key));
  const address = options.controller ?? identity.value.controller;
  const journal = await openJournal(dataDirectory);
  if (!journal.ok) return journal;
  stack.defer(journal.value.close);
  const made = await createVirtualFiles(offer.virtual);
  if (!made.ok) return made;
  const host = thisHost(dataDirectory);
  if (offer.usb !== null) {
    const place = { pid: process.pid, folder: RULES_FOLDER, isRunning: isProcessRunning };
    const automount = await keepAutomountOff(log, place);
    stack.defer(automount.close);
  }
  const glances = openGlances(lookerAt(offer, host));
  stack.defer(async () => glances.close());
  const quarantine = openQuarantine(() => new Date());
  const strays = await holdStrays({ offer, host, glances, quarantine, log });
  stack.defer(async () => strays.close());
  const drives = await watchDrives(
    async () => quarantine.mark(glances.addTo(await listOffered(offer, host))),
    log,
  );
  stack.defer(async () => drives.close());
  const locator = openLocator(blinkerAt(offer, host, drives.seen), glances.isHeld);
  stack.defer(async () => locator.close());
  const cached = { identity: identity.value, address, dataDirectory, stack, log };
  const { cache, points } = await openCache(cached);
  const pictures = openPictures(identity.value, address, log);
  stack.defer(() => pictures.close());
  return ok({
    identity: identity.value,
    address,
    journal: journal.value,
    offer,
    host,
    drives,
    glances,
    locator,
    quarantine,
    cache,
    points,
    pictures,
    stallLimitMs: options.stallLimitMs,
    log,
  });
}

function deskPorts(parts: Parts, send: ControllerLink["send"], reported: () => void): DeskPorts {
  const { identity, offer, host, cache, pictures } = parts;
  const isSigned = (bytes: Uint8Array, signature: Uint8Array) =>
    verifySignature(identity.signingKeyPem, bytes, signature);
  const stallLimits = stallLimitsOf(parts.stallLimitMs);
  const place = { offer, host, cacheDirectory: cache.directory, lookMs: stallLimits.hungMs };
  const preparing = { cache, isSigned, serversOf: parts.points.of, log: parts.log };
  return {
    journal: parts.journal,
    prepare: (order, onProgress, signal) => prepareContent(preparing, order, onProgress, signal),
    claim: (order, content, events) =>
      claimUnheld(parts.quarantine, order.consent, (left) =>
        claimUnseen(parts.glances, order.consent.driveId, () => {
          parts.locator.leave(order.consent.driveId);
          return claimStick({ ...place, left }, order, content, events);
        }),
      ),
    requestLease: ({ jobId, attempt, fence }) =>
      send({ $case: "leaseRequest", value: { jobId, attempt, fence } }),
    phase: ({ jobId, attempt, fence }, phase) =>
      send({
        $case: "attemptUpdate",
        value: { jobId, attempt, fence, phase: phaseToWire(phase), warning: undefined },
      }),
    warn: ({ jobId, attempt, fence }, phase, warning) =>
      send({
        $case: "attemptUpdate",
        value: {
          ...{ jobId, attempt, fence, phase: phaseToWire(phase) },
          warning: problemToWire(warning),
        },
      }),
    stallLimits,
    meter: progressMeter(identity.name, Date.now, pictures.publish),
    reported,
    doubtCache: cache.doubt,
    nowMs: () => performance.now(),
    log: parts.log,
  };
}

type CacheParts = {
  readonly identity: AgentIdentity;
  readonly address: string;
  readonly dataDirectory: string;
  readonly stack: CloseStack;
  readonly log: Log;
};

type Caching = Pick<Parts, "cache" | "points">;

async function openCache(parts: CacheParts): Promise<Caching> {
  const { identity, address, dataDirectory, stack, log } = parts;
  const server = openBlobServer({ address, ...identity });
  const points = openPointServers(server);
  const stop = new AbortController();
  // Each fetch listens, and thousands of small files are fetched; Node warns above ten.
  setMaxListeners(0, stop.signal);
  stack.defer(async () => {
    stop.abort();
    points.close();
    server.close();
  });
  const directory = join(dataDirectory, CACHE_NAME);
  return { points, cache: await openContentCache(directory, server, stop.signal, { log }) };
}

function hello(
  { journal, drives }: Parts,
  session: Pick<Hello, "version" | "incarnation" | "bootId">,
): Hello {
  return {
    ...session,
    protocol: PROTOCOL,
    held: [...journal.state().held.values()].map(describeHeld),
    drives: drives.seen().map(driveToWire),
    abilities: ["locate"],
  };
}

function describeHeld({ accepted, last, report }: HeldAttempt): Hello["held"][number] {
  const { jobId, attempt, fence } = accepted;
  const phases = { accepted: "accepted", destroying: "write", sealing: "seal" } as const;
  return { jobId, attempt, fence, phase: phaseToWire(report === null ? phases[last] : "ended") };
}

function notLinked(): Result<never> {
  return fail({ code: "controller_unreachable", detail: "Cannot report: there is no link yet" });
}
