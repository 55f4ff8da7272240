import fc from "fast-check";
import { expect, test } from "vitest";
import { stickIdentity } from "./stick-identity.ts";

const stickIds = fc
  .array(fc.constantFrom(..."0123456789abcdef"), { minLength: 32, maxLength: 32 })
  .map((digits) => digits.join(""));

test("stickIdentity() is the same for the same id, in every version of ours", () => {
  expect(stickIdentity("0123456789abcdef0123456789abcdef")).toEqual({
    diskSignature: 1934223436,
    volumeId: 2111015132,
    diskGuid: "01234567-89AB-8DEF-8123-456789ABCDEF",
    partitionGuid: "01234567-89AB-8DEF-9123-456789ABCDEF",
    biosPartitionGuid: "01234567-89AB-8DEF-A123-456789ABCDEF",
  });
});

test("stickIdentity() gives valid, distinct GUIDs and numbers of 32 bits that are not 0", () => {
  fc.assert(
    fc.property(stickIds, (stickId) => {
      const { diskSignature, volumeId, diskGuid, partitionGuid, biosPartitionGuid } =
        stickIdentity(stickId);
      const guids = [diskGuid, partitionGuid, biosPartitionGuid];
      expect(new Set(guids).size).toBe(3);
      for (const guid of guids) {
        expect(guid).toMatch(
          /^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/,
        );
      }
      for (const number of [diskSignature, volumeId]) {
        expect(number > 0 && number <= 0xffffffff && Number.isInteger(number)).toBe(true);
      }
    }),
    { seed: 7 },
  );
});

test("stickIdentity() tells ids that differ in their last digit apart", () => {
  const identities = Array.from({ length: 16 }, (_, digit) =>
    stickIdentity(`${"0".repeat(31)}${digit.toString(16)}`),
  );
  for (const field of ["diskSignature", "volumeId", "diskGuid", "partitionGuid"] as const) {
    expect(new Set(identities.map((identity) => identity[field])).size).toBe(16);
  }
});

test.each(["", "0123", "0123456789ABCDEF0123456789ABCDEF", "0".repeat(33)])(
  "stickIdentity() does not take %j",
  (stickId) => {
    expect(() => stickIdentity(stickId)).toThrow("32 lower-case hex digits");
  },
);
