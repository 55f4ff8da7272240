import { fail, ok, type Result } from "./result.ts";

export type HostPort = { readonly host: string; readonly port: number };

const HOST_LENGTH_MAX = 253;

/** "127.0.0.1:7443", "ws.example.net:7443", "[::1]:7443"; port 0 is for listeners: any free one. */
export function parseHostPort(text: string): Result<HostPort> {
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(
    text,
  );
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || host.length > HOST_LENGTH_MAX || port > 65_535) {
    const detail = `Cannot use the address "${text}": it must be HOST:PORT, such as "127.0.0.1:7443" or "[::1]:7443"`;
    return fail({ code: "usage", detail });
  }
  return ok({ host, port });
}

export function renderHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
