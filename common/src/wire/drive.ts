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
import { contentsFromWire, contentsToWire } from "./contents.ts";
import { problemFromWire, problemToWire } from "./problem.ts";

export function driveToWire({ facts, contents, ...drive }: Drive): WireDrive {
  return {
    ...drive,
    refusals: drive.refusals.map(problemToWire),
    facts: { ...facts, usb: facts.usb ?? undefined },
    contents: contentsToWire(contents),
  };
}

/** A transport that this program does not know is refused where the drive is planned, by its refusal. */
export function driveFromWire(wire: WireDrive): Drive {
  const seen = { facts: factsFromWire(wire.facts), contents: contentsFromWire(wire.contents) };
  const refusals = wire.refusals.map(problemFromWire);
  const transport = DRIVE_TRANSPORTS.find((known) => known === wire.transport);
  if (transport !== undefined) return { ...wire, transport, refusals, ...seen };
  const foreign = {
    code: "protocol_unsupported",
    detail: `Cannot write drive "${wire.serial}": its transport "${wire.transport}" is not known here`,
  } as const;
  return { ...wire, transport: "fixed", refusals: [...refusals, foreign], ...seen };
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
