import type {
  DriveConsent as WireConsent,
  Drive as WireDrive,
  DriveFacts as WireFacts,
} from "@stickfarm/proto/stickfarm/v1/agent";
import {
  DRIVE_IDENTITIES,
  DRIVE_TRANSPORTS,
  type Drive,
  type DriveConsent,
  type DriveFacts,
  UNKNOWN_FACTS,
} from "../drive/drive.ts";
import { problemFromWire, problemToWire } from "./problem.ts";

export function driveToWire({ facts, ...drive }: Drive): WireDrive {
  const usb = facts.usb ?? undefined;
  return { ...drive, refusals: drive.refusals.map(problemToWire), facts: { ...facts, usb } };
}

/** A transport that this program does not know is refused where the drive is planned, by its refusal. */
export function driveFromWire(wire: WireDrive): Drive {
  const facts = factsFromWire(wire.facts);
  const refusals = wire.refusals.map(problemFromWire);
  const transport = DRIVE_TRANSPORTS.find((known) => known === wire.transport);
  if (transport !== undefined) return { ...wire, transport, refusals, facts };
  const foreign = {
    code: "protocol_unsupported",
    detail: `Cannot write drive "${wire.serial}": its transport "${wire.transport}" is not known here`,
  } as const;
  return { ...wire, transport: "fixed", refusals: [...refusals, foreign], facts };
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

export function consentFromWire(wire: WireConsent): DriveConsent {
  return { ...wire };
}
