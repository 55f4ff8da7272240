import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type {
  LocateDriveRequest,
  LocateDriveResponse,
} from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { LiveAgent } from "./agent-sessions.ts";
import { labelOf } from "./answer-drives.ts";
import type { Farm } from "./farm.ts";

const SECONDS_MAX = 60;
/** An agent that says nothing for so long after the end is away. */
const GRACE_MS = 10_000;

/** Have an agent blink until it is over, or until the caller leaves. */
export function answerLocate(farm: Farm): Pick<OperatorAnswers, "locateDrive"> {
  return {
    locateDrive: async (request, signal) => {
      const found = await findDrive(farm, request);
      return found.ok ? ok(locate(farm, { ...found.value, ...request }, signal)) : found;
    },
  };
}

type Found = { readonly live: LiveAgent; readonly driveId: string };

async function findDrive(farm: Farm, request: LocateDriveRequest): Promise<Result<Found>> {
  const { agent, bay, seconds } = request;
  const cannot = `Cannot locate "${agent}/${bay}"`;
  if (seconds < 1 || seconds > SECONDS_MAX)
    return fail({
      code: "usage",
      detail: `${cannot}: ${seconds} s, must be 1 to ${SECONDS_MAX} s`,
    });
  if ((await farm.store.agents.find(agent)) === null)
    return fail({ code: "agent_unknown", detail: `${cannot}: there is no such agent` });
  const live = farm.sessions.find(agent);
  if (live === undefined)
    return fail({ code: "drive_unknown", detail: `${cannot}: the agent is not connected` });
  const labels = await farm.store.labels.list();
  const drive =
    live.drives.find((one) => one.bay === bay) ??
    live.drives.find((one) => labelOf(labels, { agent, bay: one.bay }) === bay);
  if (drive === undefined)
    return fail({ code: "drive_unknown", detail: `${cannot}: no stick is in such a bay` });
  if (!live.abilities.includes("locate"))
    return fail({
      code: "protocol_unsupported",
      detail: `${cannot}: agent "${agent}" has version ${live.version}, which cannot`,
    });
  return ok({ live, driveId: drive.driveId });
}

async function* locate(
  farm: Farm,
  { live, driveId, seconds, agent, bay }: Found & LocateDriveRequest,
  signal: AbortSignal,
): AsyncGenerator<Result<LocateDriveResponse>> {
  const locateId = farm.newId();
  const late = AbortSignal.timeout(seconds * 1000 + GRACE_MS);
  const over = farm.locates.wait(locateId, AbortSignal.any([signal, late]));
  live.send({ $case: "locate", value: { locateId, driveId, seconds } });
  try {
    yield ok({ seconds });
    const problem = late.aborted ? null : await over;
    if (problem !== null) yield fail(problem);
    else if (late.aborted) yield fail(silent(agent, bay));
  } finally {
    live.send({ $case: "locate", value: { locateId, driveId, seconds: 0 } });
  }
}

function silent(agent: string, bay: string): Problem {
  const detail = `Cannot say whether "${agent}/${bay}" blinked: the agent does not answer`;
  return { code: "read_failed", detail };
}
