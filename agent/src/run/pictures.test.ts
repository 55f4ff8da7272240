import { expect, test } from "vitest";
import { natsServers } from "./pictures.ts";

test.each([
  [{ natsPort: 4333, natsUrl: "" }, ["tls://farm.example:4333"]],
  [{ natsPort: 0, natsUrl: "" }, []],
  [{ natsPort: 0, natsUrl: "tls://a:1,tls://b:2" }, ["tls://a:1", "tls://b:2"]],
])("natsServers() of %j is %j", (place, servers) => {
  expect(natsServers("farm.example:7443", place)).toEqual(servers);
});
