import { Metadata } from "@grpc/grpc-js";
import { PROBLEM_METADATA_KEY } from "@stickfarm/common/wire/problem-status";
import { expect, test } from "vitest";
import { faultOf, statusOf } from "./unary.ts";

const mask = (text: string) => text.replaceAll("canary", "[secret]");

test("statusOf() shows no secret that a fault repeats, in any part of it", () => {
  const logged: object[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object) => logged.push(fields),
  };
  const fault = faultOf(new Error("bad value canary"), "/stickfarm.v1.OperatorService/Plan");
  const { details, metadata } = statusOf(fault, { log, mask });
  expect(details).toContain("[secret]");
  const bytes = Buffer.from((metadata ?? new Metadata()).get(PROBLEM_METADATA_KEY)[0] ?? "");
  expect(bytes.toString()).toContain("[secret]");
  expect(`${details}${bytes}`).not.toContain("canary");
  // The log has a mask of its own, on the stream that it writes to.
  expect(logged).toHaveLength(1);
});
