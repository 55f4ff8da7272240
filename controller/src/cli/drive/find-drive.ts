import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Drive } from "@stickfarm/proto/stickfarm/v1/agent";
import { type DriveView, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { type BayName, parseBay } from "../argument/parse-bay.ts";
import type { Controller } from "../connect/controller.ts";

/** A drive that the controller has described. */
export type FoundDrive = DriveView & { readonly drive: Drive };

/**
 * The drive in the bay that was named, by its own name or its label.
 *
 * Problems: usage (no bay, or one that several agents have), drive_unknown, agent_unknown.
 */
export async function findDrive(controller: Controller, text: string): Promise<Result<FoundDrive>> {
  const named = parseBay(text);
  if (!named.ok) return named;
  const { agent, bay } = named.value;
  const listed = await controller.call(OperatorServiceService.listDrives, { agent });
  if (!listed.ok) return listed;
  const described = listed.value.drives.filter(isDescribed);
  const own = described.filter(({ drive }) => drive.bay === bay);
  const found = own.length > 0 ? own : described.filter(({ label }) => label === bay);
  const [only] = found;
  return only === undefined || found.length > 1 ? fail(whyNotOne(named.value, found)) : ok(only);
}

function isDescribed(view: DriveView): view is FoundDrive {
  return view.drive !== undefined;
}

function whyNotOne({ agent, bay }: BayName, found: readonly FoundDrive[]): Problem {
  const place = agent === "" ? bay : `${agent}/${bay}`;
  if (found.length === 0)
    return {
      code: "drive_unknown",
      detail: `Cannot find a drive in bay "${place}": there is none`,
    };
  const places = found.map((one) => `"${one.agent}/${one.drive.bay}"`).join(", ");
  return {
    code: "usage",
    detail: `Cannot tell which bay "${place}" is meant: there are ${places}, one must be named`,
  };
}
