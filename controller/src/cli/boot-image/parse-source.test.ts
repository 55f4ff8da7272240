import { expect, test } from "vitest";
import { parseSource } from "./parse-source.ts";

test("parseSource() takes a path, or a kernel with what belongs to it", () => {
  expect(parseSource({ path: "x.iso" })).toEqual({
    ok: true,
    value: { kind: "path", path: "x.iso", loadersRoot: "/" },
  });
  expect(parseSource({ kernel: "k" })).toMatchObject({
    value: { kind: "kernel", kernelPath: "k", initrdPath: null, commandLine: "", loadersRoot: "/" },
  });
  const all = { kernel: "k", initrd: "i", cmdline: "quiet", loaders: "/opt/debian" };
  expect(parseSource(all)).toMatchObject({
    value: { initrdPath: "i", commandLine: "quiet", loadersRoot: "/opt/debian" },
  });
});

test.each([
  [{}, "nothing is named"],
  [{ path: "x", kernel: "k" }, "must be one of them"],
  [{ path: "x", initrd: "i" }, "--initrd belongs to --kernel"],
  [{ path: "x", cmdline: "" }, "--cmdline belongs to --kernel"],
  [{ initrd: "i" }, "nothing is named"],
])("parseSource() refuses %j", (options, why) => {
  expect(parseSource(options)).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining(why) },
  });
});
