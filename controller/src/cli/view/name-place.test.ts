import { expect, test } from "vitest";
import { namePlace } from "./name-place.ts";

test("namePlace() names a bay as people do", () => {
  const place = { agent: "ws-1", bay: "usb-2-1.3", label: null };
  expect(namePlace(place)).toBe("ws-1/usb-2-1.3");
  expect(namePlace({ ...place, label: "left hub 3" })).toBe("ws-1/left hub 3");
});
