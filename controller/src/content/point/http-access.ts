import type { IncomingMessage } from "node:http";
import type { HttpPlace } from "@stickfarm/common/media/distribution-point";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import type { ProblemCode } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { isCanceled } from "@stickfarm/common/rim/cancel";
import {
  openPointClient,
  type PointClient,
  pointProblem,
} from "@stickfarm/common/rim/point-client";
import { judgeBytes, wrongSize } from "./judge-bytes.ts";
import type { BlobState, CheckOptions, PointAccess, PutOptions } from "./point-access.ts";
import { stateOfProblem } from "./state-of-problem.ts";

export type HttpAccessOptions = {
  readonly name: string;
  readonly place: HttpPlace;
  /** Without a byte for this long the connection counts as broken. */
  readonly silenceMaxMs: number;
};

const CONNECTIONS_MAX = 8;
/** A server that stores what was PUT. Source: RFC 9110, 9.3.4. */
const STORED: readonly number[] = [200, 201, 204];
/** What servers say that do not: no right, no such method, no folder to put it in, too large. */
const REFUSED: readonly number[] = [400, 401, 403, 404, 405, 409, 411, 413, 501];
const FULL = 507;

/** A web server. It is written to by PUT, which not every server takes. */
export function openHttpAccess({ name, place, silenceMaxMs }: HttpAccessOptions): PointAccess {
  const options = { ...place, name, silenceMaxMs, connectionsMax: CONNECTIONS_MAX };
  const client = openPointClient(options);
  const check = (blob: BlobRef, checking: CheckOptions): Promise<Result<BlobState>> =>
    checkBlob(client, blob, { ...checking, name });
  return {
    name,
    check,
    put: async (blob, putting) => {
      const sent = await sendBlob(client, blob, { ...putting, name });
      if (!sent.ok) return sent;
      const state = await check(blob, { quick: false, signal: putting.signal });
      if (!state.ok) return state;
      const { value } = state;
      if (value.kind === "whole") return ok(undefined);
      const is = "is" in value ? value.is : "it is not there";
      const detail = `Cannot copy content ${blob.sha256} to distribution point "${name}": read back, ${is}`;
      const code = value.kind === "unreadable" ? "point_unreadable" : "content_digest_mismatch";
      return fail({ code, detail });
    },
    close: client.close,
  };
}

async function checkBlob(
  client: PointClient,
  blob: BlobRef,
  { quick, signal, name }: CheckOptions & { readonly name: string },
): Promise<Result<BlobState>> {
  const { sha256 } = blob;
  const doing = `Cannot check content ${sha256}`;
  const method = quick ? "HEAD" : "GET";
  const asked = await client.ask({ doing, method, sha256, statuses: [200], signal });
  if (!asked.ok) return stateOfProblem(asked.problem);
  const response = asked.value;
  const length = response.headers["content-length"];
  if (length !== undefined && Number(length) !== blob.sizeBytes) {
    response.destroy();
    return ok(wrongSize(Number(length), blob));
  }
  if (quick) {
    response.resume();
    return ok({ kind: "whole" });
  }
  try {
    return ok(await judgeBytes(response, blob, signal));
  } catch (error) {
    return fail(pointProblem(`${doing} at distribution point "${name}"`, error, signal));
  }
}

async function sendBlob(
  client: PointClient,
  { sha256, sizeBytes }: BlobRef,
  { open, onBytes, signal, name }: PutOptions & { readonly name: string },
): Promise<Result<void>> {
  const doing = `Cannot copy content ${sha256}`;
  const source = await open(0);
  if (!source.ok) return source;
  const body = source.value;
  body.on("data", (piece: Buffer) => onBytes(piece.length));
  const headers = { "content-length": sizeBytes, "content-type": "application/octet-stream" };
  const statuses = [...STORED, ...REFUSED, FULL];
  const asked = await client.ask({ doing, method: "PUT", sha256, headers, body, statuses, signal });
  // Whoever was not asked for all of it leaves the file open.
  body.destroy();
  if (!asked.ok) return asked;
  return judgeAnswer(asked.value, `${doing} to distribution point "${name}"`, signal);
}

function judgeAnswer(
  response: IncomingMessage,
  doing: string,
  signal: AbortSignal | undefined,
): Result<void> {
  response.resume();
  const status = response.statusCode ?? 0;
  if (STORED.includes(status) && !isCanceled(signal)) return ok(undefined);
  const code: ProblemCode = status === FULL ? "disk_full" : "point_not_writable";
  return fail({ code, detail: `${doing}: it answers ${status} to PUT, must answer 201 or 204` });
}
