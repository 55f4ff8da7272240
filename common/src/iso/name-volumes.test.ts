import { expect, test } from "vitest";
import { nameVolumes } from "./name-volumes.ts";

const HQ = { fileName: "hq-bare-metal.iso", label: "HQ BOOT" };

test("nameVolumes() gives one disc the plain names", () => {
  expect(nameVolumes(HQ, 1)).toEqual([{ volume: 1, of: 1, ...HQ }]);
});

test("nameVolumes() numbers the discs of a set in both names", () => {
  expect(nameVolumes(HQ, 3)).toEqual([
    { volume: 1, of: 3, fileName: "hq-bare-metal-01.iso", label: "HQ BOOT 1of3" },
    { volume: 2, of: 3, fileName: "hq-bare-metal-02.iso", label: "HQ BOOT 2of3" },
    { volume: 3, of: 3, fileName: "hq-bare-metal-03.iso", label: "HQ BOOT 3of3" },
  ]);
  expect(nameVolumes(HQ, 120).at(7)?.fileName).toBe("hq-bare-metal-008.iso");
});

test.each([
  ["A label that is just as long as 33", 1, "A label that is just as long as"],
  ["Grüße aus dem Büro für alle Rechner", 1, "Grüße aus dem Büro für alle"],
  ["Bare-metal rollout", 12, "Bare-meta 12of12"],
  ["日本語のラベル", 2, "日本語 2of2"],
  ["😀😀😀😀😀", 2, "😀😀 2of2"],
])("nameVolumes() cuts the label %j on the last of %i discs", (label, count, cut) => {
  expect(nameVolumes({ fileName: "x.ISO", label }, count).at(-1)?.label).toBe(cut);
});

test("nameVolumes() gives each disc of a set names of its own", () => {
  const names = nameVolumes({ fileName: "x.iso", label: "A very long label indeed" }, 150);
  expect(new Set(names.map(({ fileName }) => fileName)).size).toBe(150);
  expect(new Set(names.map(({ label }) => label)).size).toBe(150);
  for (const { label } of names) expect(label.length).toBeLessThanOrEqual(16);
});
