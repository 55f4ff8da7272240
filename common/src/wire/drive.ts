import type {
  DriveConsent as WireConsent,
  Drive as WireDrive,
} from "@stickfarm/proto/stickfarm/v1/agent";
import { DRIVE_TRANSPORTS, type Drive, type DriveConsent } from "../drive/drive.ts";
import { problemFromWire, problemToWire } from "./problem.ts";

export function driveToWire(drive: Drive): WireDrive {
  return { ...drive, refusals: drive.refusals.map(problemToWire) };
}

/** A transport that this program does not know is refused where the drive is planned, by its refusal. */
export function driveFromWire(wire: WireDrive): Drive {
  const refusals = wire.refusals.map(problemFromWire);
  const transport = DRIVE_TRANSPORTS.find((known) => known === wire.transport);
  if (transport !== undefined) return { ...wire, transport, refusals };
  const foreign = {
    code: "protocol_unsupported",
    detail: `Cannot write drive "${wire.serial}": its transport "${wire.transport}" is not known here`,
  } as const;
  return { ...wire, transport: "fixed", refusals: [...refusals, foreign] };
}

export function consentToWire(consent: DriveConsent): WireConsent {
  return { ...consent };
}

export function consentFromWire(wire: WireConsent): DriveConsent {
  return { ...wire };
}
