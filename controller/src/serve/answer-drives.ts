import { whyNotLabel } from "@stickfarm/common/drive/bay-label";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { driveToWire } from "@stickfarm/common/wire/drive";
import type { DriveView, LabelBayRequest } from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { DriveEntry } from "../store/agents-store.ts";
import type { OpenJob } from "../store/build-entries.ts";
import type { BayLabel } from "../store/labels-store.ts";
import type { Farm } from "./farm.ts";

type Answers = Pick<OperatorAnswers, "listDrives" | "labelBay">;

export function answerDrives(farm: Farm): Answers {
  return {
    listDrives: async ({ agent }) => {
      const known = agent === "" ? ok(undefined) : await findAgent(farm, agent);
      if (!known.ok) return known;
      const jobs = await farm.store.builds.openJobs();
      const labels = await farm.store.labels.list();
      const drives = await farm.store.agents.listDrives(agent);
      return ok({ drives: drives.map((drive) => viewDrive(farm, drive, { jobs, labels })) });
    },
    labelBay: async (request) => {
      const known = await findAgent(farm, request.agent);
      if (!known.ok) return known;
      const allowed = request.label === "" ? ok(undefined) : await checkLabel(farm, request);
      if (!allowed.ok) return allowed;
      const labeled = await farm.store.labels.set(request);
      return labeled.ok ? ok({}) : labeled;
    },
  };
}

/** What people call a bay; empty when they do not. */
export function labelOf(
  labels: readonly BayLabel[],
  place: { readonly agent: string; readonly bay: string },
): string {
  return labels.find(({ agent, bay }) => agent === place.agent && bay === place.bay)?.label ?? "";
}

async function findAgent(farm: Farm, agent: string): Promise<Result<void>> {
  if ((await farm.store.agents.find(agent)) !== null) return ok(undefined);
  const detail = `Cannot find agent "${agent}": there is no such agent`;
  return fail({ code: "agent_unknown", detail });
}

/** A bay is known while a stick is in it. A label that is another bay's name would lead to the wrong stick. */
async function checkLabel(
  farm: Farm,
  { agent, bay, label }: LabelBayRequest,
): Promise<Result<void>> {
  const fault = whyNotLabel(label);
  if (fault !== null) return fail(fault);
  const bays = (await farm.store.agents.listDrives(agent)).map(({ drive }) => drive.bay);
  const cannot = `Cannot call bay "${agent}/${bay}" "${label}"`;
  if (!bays.includes(bay))
    return fail({ code: "drive_unknown", detail: `${cannot}: no stick is in such a bay` });
  if (label !== bay && bays.includes(label))
    return fail({ code: "label_taken", detail: `${cannot}: another bay has that name` });
  return ok(undefined);
}

type Marks = { readonly jobs: readonly OpenJob[]; readonly labels: readonly BayLabel[] };

function viewDrive(farm: Farm, { agent, drive }: DriveEntry, { jobs, labels }: Marks): DriveView {
  const holder = jobs.find((job) => job.agent === agent && job.consent.driveId === drive.driveId);
  const live = farm.sessions.find(agent);
  const state = () => {
    if (live === undefined) return "absent";
    if (holder !== undefined) return "busy";
    if (drive.refusals.length > 0) return "refused";
    return drive.asks.length > 0 ? "asks" : "free";
  };
  return {
    agent,
    drive: driveToWire(drive),
    state: state(),
    jobId: holder?.jobId ?? "",
    label: labelOf(labels, { agent, bay: drive.bay }),
  };
}
