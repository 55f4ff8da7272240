import type {
  DriveConsent as WireConsent,
  Drive as WireDrive,
  DriveFacts as WireFacts,
} from "@stickfarm/proto/stickfarm/v1/agent";
import { type Ask, isAskCode } from "../drive/ask.ts";
import {
  DRIVE_IDENTITIES,
  DRIVE_TRANSPORTS,
  type Drive,
  type DriveConsent,
  type DriveFacts,
  UNKNOWN_FACTS,
} from "../drive/drive.ts";
import { contentsFromWire, contentsToWire } from "./contents.ts";
import { problemFromWire, problemToWire } from "./problem.ts";

export function driveToWire({ facts, contents, ...drive }: Drive): WireDrive {
  return {
    ...drive,
    refusals: drive.refusals.map(problemToWire),
    asks: drive.asks.map(problemToWire),
    facts: { ...facts, usb: facts.usb ?? undefined },
    contents: contentsToWire(contents),
  };
}

/** A transport that this program does not know is refused where the drive is planned, by its refusal. */
export function driveFromWire(wire: WireDrive): Drive {
  const seen = { facts: factsFromWire(wire.facts), contents: contentsFromWire(wire.contents) };
  const refusals = wire.refusals.map(problemFromWire);
  const asks = asksFromWire(wire.asks);
  const transport = DRIVE_TRANSPORTS.find((known) => known === wire.transport);
  if (transport !== undefined) return { ...wire, transport, refusals, asks, ...seen };
  const foreign = {
    code: "protocol_unsupported",
    detail: `Cannot write drive "${wire.serial}": its transport "${wire.transport}" is not known here`,
  } as const;
  return { ...wire, transport: "fixed", refusals: [...refusals, foreign], asks, ...seen };
}

/** Questions of a newer program are its own: its agent refuses what was not answered. */
export function asksFromWire(wire: WireDrive["asks"]): readonly Ask[] {
  return wire.map(problemFromWire).filter((problem): problem is Ask => isAskCode(problem.code));
}

/** An agent that tells no facts is older; what it does not say is not known. */
function factsFromWire(wire: WireFacts | undefined): DriveFacts {
  if (wire === undefined) return UNKNOWN_FACTS;
  const identity = DRIVE_IDENTITIES.find((known) => known === wire.identity) ?? "unknown";
  return { ...wire, identity, usb: wire.usb ?? null };
}

export function consentToWire(consent: DriveConsent): WireConsent {
  return { ...consent };
}

/** A controller that names no overrides asks for none, and what this program does not ask needs no answer. */
export function consentFromWire(wire: WireConsent): DriveConsent {
  return { ...wire, overrides: wire.overrides.filter(isAskCode) };
}
