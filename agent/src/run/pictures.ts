import { parseHostPort, renderHostPort } from "@stickfarm/common/host-port";
import type { Log } from "@stickfarm/common/log";
import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import type { Welcome } from "@stickfarm/proto/stickfarm/v1/agent";
import type { AgentIdentity } from "../trust/identity-file.ts";

/** Progress on its way to whoever watches. Nothing waits for it, and nothing is lost with it but the view. */
export type Pictures = {
  readonly publish: (event: ProgressEvent) => void;
  /** Where the controller says that NATS is. */
  readonly point: (welcome: Pick<Welcome, "natsPort" | "natsUrl">) => void;
  readonly close: () => Promise<void>;
};

export function openPictures(_identity: AgentIdentity, _address: string, _log: Log): Pictures {
  return { publish: () => undefined, point: () => undefined, close: async () => undefined };
}

/** The port is on the host that the agent dialled. */
export function natsServers(
  address: string,
  { natsPort, natsUrl }: Pick<Welcome, "natsPort" | "natsUrl">,
): readonly string[] {
  if (natsUrl !== "") return natsUrl.split(",");
  const dialled = parseHostPort(address);
  if (natsPort === 0 || !dialled.ok) return [];
  return [`tls://${renderHostPort({ host: dialled.value.host, port: natsPort })}`];
}
