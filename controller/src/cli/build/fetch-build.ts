import { fail, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { type BuildPicture, parseBuild } from "../connect/build-picture.ts";
import type { Controller } from "../connect/controller.ts";

/** A build as commands name it: by id, or the newest with --last. */
export type BuildRef = { readonly id: string | undefined; readonly last: boolean | undefined };

/** Problems: usage, build_unknown. */
export async function fetchBuild(
  controller: Controller,
  { id, last }: BuildRef,
): Promise<Result<BuildPicture>> {
  if (id !== undefined && last === true)
    return fail({
      code: "usage",
      detail: `Cannot tell which build is meant: "${id}" and --last are both given`,
    });
  const response = await controller.call(OperatorServiceService.getBuild, { buildId: id ?? "" });
  return response.ok ? parseBuild(response.value.build) : response;
}

/**
 * The same for what changes a build: which one has to be said.
 *
 * Problems: usage, build_unknown.
 */
export async function fetchNamedBuild(
  controller: Controller,
  ref: BuildRef,
): Promise<Result<BuildPicture>> {
  if (ref.id !== undefined || ref.last === true) return fetchBuild(controller, ref);
  return fail({
    code: "usage",
    detail: "Cannot tell which build is meant: an ID or --last must be given",
  });
}
