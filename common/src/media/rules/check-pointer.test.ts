import { expect, test } from "vitest";
import { foundIn } from "./test-findings.ts";

const management = { mode: "dynamic", managementPoints: [{ url: "http://mp1.example.net:80" }] };

test("checkPointer() takes a task sequence with a management point to fetch it from", () => {
  expect(foundIn({ management, taskSequence: { name: "install-w11" } })).toEqual([]);
});

test("checkPointer() warns of one that cannot be fetched, and checks its name", () => {
  expect(foundIn({ taskSequence: { name: "install-w11" } })).toEqual([
    "warning spec.taskSequence: names a task sequence, and no management point that it would come from",
  ]);
  expect(foundIn({ management, taskSequence: { name: "Install W11" } })).toEqual([
    expect.stringMatching(/^error spec\.taskSequence\.name: is "Install W11", must be/),
  ]);
});
