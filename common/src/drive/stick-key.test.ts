import { expect, test } from "vitest";
import { canBeFake, hasOwnIdentity, stickKey } from "./stick-key.ts";

const key = (agent: string, driveId: string, insertion: string) =>
  stickKey({ agent, consent: { driveId, insertion } });

test("stickKey() knows a stick with a serial again, wherever and whenever it is plugged in", () => {
  expect(key("ws-1", "usb:0781:5583:4C530001", "a:1")).toBe(
    key("ws-2", "usb:0781:5583:4C530001", "b:7"),
  );
});

test("stickKey() knows a stick by its port for one insertion only", () => {
  const weak = "usb-port:2-1.3:0781:5583";
  expect(key("ws-1", weak, "a:1")).toBe(key("ws-1", weak, "a:1"));
  expect(key("ws-1", weak, "a:1")).not.toBe(key("ws-1", weak, "a:2"));
  expect(key("ws-1", weak, "a:1")).not.toBe(key("ws-2", weak, "a:1"));
});

test("stickKey() knows a virtual drive by its name at its agent", () => {
  expect(key("ws-1", "virtual-file:A1", "1")).toBe(key("ws-1", "virtual-file:A1", "2"));
  expect(key("ws-1", "virtual-file:A1", "1")).not.toBe(key("ws-2", "virtual-file:A1", "1"));
});

test("hasOwnIdentity() believes a trusted serial alone", () => {
  expect(hasOwnIdentity("usb:0781:5583:4C530001")).toBe(true);
  for (const id of ["usb-port:2-1.3:0781:5583", "virtual-device:A1", "virtual-file:A1", ""])
    expect(hasOwnIdentity(id)).toBe(false);
});

test("canBeFake() is true of everything but a file", () => {
  expect(canBeFake("virtual-file:A1")).toBe(false);
  for (const id of ["usb:1:2:3", "usb-port:2-1:1:2", "virtual-device:A1", ""])
    expect(canBeFake(id)).toBe(true);
});
