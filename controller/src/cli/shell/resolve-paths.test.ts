import { expect, test } from "vitest";
import { resolvePaths } from "./resolve-paths.ts";

const USER = { env: {}, homeDirectory: "/home/ann", isRoot: false, configFile: undefined };

test("resolvePaths() takes the XDG directories of a user", () => {
  expect(resolvePaths(USER)).toEqual({
    dataDirectory: "/home/ann/.local/share/stickfarm",
    configFile: "/home/ann/.config/stickfarm/operator.yaml",
    stateDirectory: "/home/ann/.local/state/stickfarm",
  });
});

test("resolvePaths() takes /var/lib and /etc as root", () => {
  expect(resolvePaths({ ...USER, isRoot: true })).toEqual({
    dataDirectory: "/var/lib/stickfarm",
    configFile: "/etc/stickfarm/operator.yaml",
    stateDirectory: "/var/lib/stickfarm",
  });
});

test("resolvePaths() obeys the environment before its defaults", () => {
  const env = { STICKFARM_DATA: "/farm", STICKFARM_CONFIG: "/farm/me.yaml", XDG_DATA_HOME: "/x" };
  expect(resolvePaths({ ...USER, isRoot: true, env })).toEqual({
    dataDirectory: "/farm",
    configFile: "/farm/me.yaml",
    stateDirectory: "/farm",
  });
});

test("resolvePaths() obeys --config before the environment", () => {
  const env = { STICKFARM_CONFIG: "/farm/me.yaml" };
  expect(resolvePaths({ ...USER, env, configFile: "me.yaml" }).configFile).toBe("me.yaml");
});

test("resolvePaths() takes an empty or relative XDG variable as unset", () => {
  const env = { XDG_DATA_HOME: "", XDG_CONFIG_HOME: "here", XDG_STATE_HOME: "/state" };
  expect(resolvePaths({ ...USER, env })).toEqual({
    dataDirectory: "/home/ann/.local/share/stickfarm",
    configFile: "/home/ann/.config/stickfarm/operator.yaml",
    stateDirectory: "/state/stickfarm",
  });
});
