import type { ClientRequest, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

export type ExchangeOptions = {
  /** Sent at the connection's pace; destroyed when the answer comes before its end. */
  readonly body: Readable | undefined;
  /** A connection without a byte in either direction for so long counts as broken. */
  readonly silenceMaxMs: number;
};

/** Send a request and wait for the headers of its answer; what breaks the connection before them is thrown. */
export function exchange(
  sending: ClientRequest,
  { body, silenceMaxMs }: ExchangeOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.on("error", reject);
    sending.on("timeout", () => sending.destroy(new Error(`no byte came for ${silenceMaxMs} ms`)));
    sending.on("response", (response) => {
      body?.destroy();
      // The rest of what was to be sent would be taken for the next request.
      response.on("end", () => sending.writableFinished || sending.destroy());
      resolve(response);
    });
    body?.on("error", (error) => sending.destroy(error));
    if (body === undefined) sending.end();
    else body.pipe(sending);
  });
}
