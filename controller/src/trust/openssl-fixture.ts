import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** For tests: certificates and PKCS #12 files as OpenSSL makes and reads them. */
export type OpensslFixture = {
  readonly path: (name: string) => string;
  /** Standard output and error; throws when OpenSSL refuses. */
  readonly run: (...args: readonly string[]) => string;
  /** A key NAME.key and a certificate NAME.pem by the authority NAME, or self-signed; good for 30 days from now. */
  readonly issue: (name: string, options?: IssueOptions) => void;
  /** NAME.pem and NAME.key as a PKCS #12 file. */
  readonly pack: (name: string, ...args: readonly string[]) => Promise<Uint8Array>;
};

type IssueOptions = {
  readonly by?: string;
  readonly bits?: number;
  /** Of extensions, as openssl.cnf has them. */
  readonly lines?: readonly string[];
};

export const CLIENT_USE = "extendedKeyUsage=clientAuth";

export async function openOpenssl(folder: string): Promise<OpensslFixture> {
  const path = (name: string) => join(folder, name);
  await writeFile(path("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n");
  const run: OpensslFixture["run"] = (...args) =>
    execFileSync("openssl", args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, OPENSSL_CONF: path("empty.cnf") },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const issue: OpensslFixture["issue"] = (name, { by, bits = 2048, lines = [CLIENT_USE] } = {}) => {
    const issuer = by === undefined ? [] : ["-CA", `${by}.pem`, "-CAkey", `${by}.key`];
    const extensions = lines.flatMap((line) => ["-addext", line]);
    const key = ["-newkey", `rsa:${bits}`, "-noenc", "-keyout", `${name}.key`];
    const subject = ["-subj", `/CN=${name}`, "-days", "30", "-out", `${name}.pem`];
    run("req", "-x509", ...key, ...subject, ...issuer, ...extensions);
  };
  const pack: OpensslFixture["pack"] = async (name, ...args) => {
    const files = ["-inkey", `${name}.key`, "-in", `${name}.pem`, "-out", `${name}.p12`];
    run("pkcs12", "-export", ...files, ...args);
    return readFile(path(`${name}.p12`));
  };
  return { path, run, issue, pack };
}
