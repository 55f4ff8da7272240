import { parseHostPort, renderHostPort } from "@stickfarm/common/host-port";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import type { Log } from "@stickfarm/common/log";
import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import type { Welcome } from "@stickfarm/proto/stickfarm/v1/agent";
import { type ProgressPublisher, startProgressPublisher } from "../nats/publish-progress.ts";
import type { AgentIdentity } from "../trust/identity-file.ts";

/** Progress on its way to whoever watches. Nothing waits for it, and nothing is lost with it but the view. */
export type Pictures = {
  readonly publish: (event: ProgressEvent) => void;
  /** Where the controller says that NATS is; it may say another place after a restart. */
  readonly point: (welcome: Place) => void;
  readonly close: () => Promise<void>;
};

type Place = Pick<Welcome, "natsPort" | "natsUrl">;

type Pointed = { readonly publisher: ProgressPublisher; readonly servers: readonly string[] };

export function openPictures(identity: AgentIdentity, address: string, log: Log): Pictures {
  let pointed: Pointed | null = null;
  const closing: Promise<void>[] = [];
  return {
    publish: (event) => pointed?.publisher.publish(event),
    point: (place) => {
      const servers = natsServers(address, place);
      if (pointed?.servers.join() === servers.join()) return;
      if (pointed !== null) closing.push(pointed.publisher.close());
      pointed =
        servers.length === 0 ? null : { servers, publisher: start(identity, servers, place, log) };
    },
    close: async () => {
      if (pointed !== null) closing.push(pointed.publisher.close());
      pointed = null;
      await Promise.all(closing);
    },
  };
}

function start(
  identity: AgentIdentity,
  servers: readonly string[],
  { natsUrl }: Place,
  log: Log,
): ProgressPublisher {
  const isOurs = natsUrl === "";
  return startProgressPublisher({
    servers,
    tls: {
      caPem: isOurs ? identity.caPem : null,
      serverName: isOurs ? CONTROLLER_HOST : null,
      client: isOurs ? identity : null,
    },
    jwt: identity.natsUserJwt,
    seed: identity.natsSeed,
    agent: identity.name,
    log,
  });
}

/** A port is on the host that the agent dialled. */
export function natsServers(address: string, { natsPort, natsUrl }: Place): readonly string[] {
  if (natsUrl !== "") return natsUrl.split(",");
  const dialled = parseHostPort(address);
  if (natsPort === 0 || !dialled.ok) return [];
  return [`tls://${renderHostPort({ host: dialled.value.host, port: natsPort })}`];
}
