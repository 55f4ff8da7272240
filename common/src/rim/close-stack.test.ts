import { expect, test } from "vitest";
import { fail, ok } from "../result.ts";
import { CloseStack, openInOrder } from "./close-stack.ts";

test("CloseStack closes in reverse, all of it, and throws the first failure after that", async () => {
  const closed: number[] = [];
  const stack = new CloseStack();
  for (const index of [1, 2, 3])
    stack.defer(async () => {
      closed.push(index);
      if (index > 1) throw new Error(`failure ${index}`);
    });
  await expect(stack.close()).rejects.toThrow("failure 3");
  expect(closed).toEqual([3, 2, 1]);
  await stack.close();
  expect(closed).toHaveLength(3);
});

test("openInOrder() closes what was opened when a later part fails or throws, and nothing when all went well", async () => {
  const closed: string[] = [];
  const closeLater = (name: string) => (stack: CloseStack) =>
    stack.defer(async () => closed.push(name));
  await openInOrder(async (stack) => {
    closeLater("good")(stack);
    return ok(1);
  });
  await openInOrder(async (stack) => {
    closeLater("failed")(stack);
    return fail({ code: "internal", detail: "" });
  });
  const thrown = openInOrder(async (stack) => {
    closeLater("thrown")(stack);
    throw new Error("no");
  });
  await expect(thrown).rejects.toThrow("no");
  expect(closed).toEqual(["failed", "thrown"]);
});
