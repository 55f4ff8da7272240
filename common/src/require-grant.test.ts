import { expect, test } from "vitest";
import { requireGrant } from "./require-grant.ts";

test("requireGrant() lets pass who has the role, and nobody else", () => {
  const ops = { role: "operator", name: "ops", grants: [] } as const;
  const chief = { role: "operator", name: "chief", grants: ["drive-admin"] } as const;
  expect(requireGrant(chief, "drive-admin", "Cannot start the build").ok).toBe(true);
  expect(requireGrant(ops, "drive-admin", "Cannot start the build")).toEqual({
    ok: false,
    problem: {
      code: "role_missing",
      detail: `Cannot start the build: the operator "ops" does not have the role "drive-admin"`,
    },
  });
});
