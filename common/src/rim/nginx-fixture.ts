import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { findProgram } from "./tools.ts";

export type NginxOptions = {
  /** Directives for the one location, each with its ";". */
  readonly directives?: string;
  readonly tls?: boolean;
};

export type TestNginx = {
  /** Without "/" at its end. */
  readonly url: string;
  /** Folder that it gives out. */
  readonly root: string;
  /** Of its own certificate, or `null` without TLS. */
  readonly caPem: string | null;
  readonly stop: () => Promise<void>;
};

type AtEnd = (close: () => Promise<void>) => void;

/** As an operator's server that takes uploads. */
export const DAV = "dav_methods PUT; create_full_put_path on; client_max_body_size 0;";

/** For tests: Debian's nginx on loopback, with a folder, a port and a process of its own. */
export async function startNginx(
  atEnd: AtEnd,
  { directives = "", tls = false }: NginxOptions = {},
): Promise<TestNginx> {
  const folder = await makeTemporaryFolder(atEnd);
  const root = join(folder, "root");
  await mkdir(root);
  const port = await freePort();
  const keys = tls ? await makeCertificate(folder) : null;
  const config = join(folder, "nginx.conf");
  await writeFile(config, renderConfig({ folder, root, port, directives, tls }));
  const program = (await findProgram("nginx", process.env["PATH"] ?? "")) ?? "nginx";
  const child = spawn(program, ["-p", folder, "-e", "stderr", "-c", config], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const ended = once(child, "close");
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  atEnd(stop);
  await waitForPort(port, () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${words}`);
  });
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, root, caPem: keys, stop };
}

type Config = {
  readonly folder: string;
  readonly root: string;
  readonly port: number;
  readonly directives: string;
  readonly tls: boolean;
};

function renderConfig({ folder, root, port, directives, tls }: Config): string {
  const keys = tls ? "ssl_certificate cert.pem; ssl_certificate_key key.pem;" : "";
  const temporary = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  return `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;
events {}
http {
  access_log off; default_type application/octet-stream; ${temporary}
  server {
    listen 127.0.0.1:${port}${tls ? " ssl" : ""}; ${keys}
    root ${root};
    location / { ${directives} }
  }
}
`;
}

/** A certificate that is its own authority. */
async function makeCertificate(folder: string): Promise<string> {
  const args = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  const names = ["-subj", "/CN=dp", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  await promisify(execFile)("openssl", [...args.split(" "), ...names, ...files]);
  return readFile(join(folder, "cert.pem"), "utf8");
}

/** A port where nobody listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A string only for pipes.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const START_LIMIT_MS = 30_000;

async function waitForPort(port: number, check: () => void): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < untilMs) {
    check();
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await wait(20);
  }
  throw new Error(`nothing listens on port ${port} after ${START_LIMIT_MS} ms`);
}
