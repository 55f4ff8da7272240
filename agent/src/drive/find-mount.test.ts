import { expect, test } from "vitest";
import { findMount } from "./find-mount.ts";

const line = (mountPoint: string, fileSystem: string, deviceId: string) => ({
  mountPoint,
  fileSystem,
  deviceId,
  source: "",
});

const MOUNTS = [
  line("/", "ext4", "8:1"),
  line("/dev", "devtmpfs", "0:5"),
  line("/srv/share", "nfs4", "0:50"),
  line("/srv/share/inner", "xfs", "8:17"),
  line("/media", "ext4", "8:33"),
  line("/media", "fuse.sshfs", "0:60"),
  line("/fusion", "ext4", "8:49"),
];

test.each([
  ["/", "8:1", true],
  ["/images/a.img", "8:1", true],
  ["/dev/sdb", "0:5", true],
  ["/srv/share", "0:50", false],
  ["/srv/share/a.img", "0:50", false],
  ["/srv/shared/a.img", "8:1", true],
  ["/srv/share/inner/a.img", "8:17", false],
  ["/media/a.img", "0:60", false],
  ["/fusion/a.img", "8:49", true],
])("findMount() of %s is %s, of which files answer: %s", (path, deviceId, answers) => {
  expect(findMount(path, MOUNTS)).toMatchObject({ mount: { deviceId }, answers });
});

test.each(["nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuseblk", "fuse.glusterfs", "autofs"])(
  "findMount() knows that files of %s may not answer",
  (fileSystem) => {
    expect(findMount("/a", [line("/", fileSystem, "0:9")])?.answers).toBe(false);
  },
);

test("findMount() finds none where none is", () => {
  expect(findMount("/a", [])).toBeNull();
});
