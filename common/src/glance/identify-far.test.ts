import { expect, test } from "vitest";
import { identifyFar } from "./identify-far.ts";
import { readerOf } from "./test-volumes.ts";

async function identify(...marks: readonly (readonly [sector: number, mark: string])[]) {
  const volume = Buffer.alloc(100_000);
  for (const [sector, mark] of marks) volume.write(mark, sector * 2048 + 1);
  return identifyFar(readerOf(volume));
}

test("identifyFar() knows UDF by any of its descriptors, and the older kind where a disc is both", async () => {
  expect(await identify([16, "BEA01"], [17, "NSR03"])).toEqual({ kind: "udf", label: "" });
  expect(await identify([16, "CD001"], [18, "BEA01"], [19, "NSR02"])).toMatchObject({
    kind: "iso9660",
  });
});

test("identifyFar() finds nothing in zeros, and in a volume that ends before", async () => {
  expect(await identify()).toBeNull();
  expect(await identifyFar(readerOf(new Uint8Array(100)))).toBeNull();
});
