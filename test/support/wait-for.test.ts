import { expect, test } from "vitest";
import { waitFor } from "./wait-for.ts";

test("waitFor() gives back the fact when it is there", async () => {
  let looks = 0;
  const found = await waitFor("a third look", () => (++looks === 3 ? looks : undefined), {
    everyMs: 1,
  });
  expect(found).toBe(3);
});

test("waitFor() tells the fact and what was seen last", async () => {
  const look = (): never => {
    throw new Error("connection refused");
  };
  const waited = waitFor("the server answers", look, { limitMs: 5, everyMs: 1 });
  await expect(waited).rejects.toThrow("the server answers; seen last: connection refused");
  const seen = waitFor("x", () => false, {
    limitMs: 5,
    everyMs: 1,
    seen: () => ({ state: "busy" }),
  });
  await expect(seen).rejects.toThrow('seen last: {"state":"busy"}');
});
