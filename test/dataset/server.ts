/** A local file server that can misbehave. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What to do with one request; the default is to serve the content with ETag and Range. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

export interface FileServer {
  readonly url: string;
  /** Content by path. */
  readonly files: Map<string, Buffer>;
  /** Behaviour of the next requests, taken from the front; then the default. */
  readonly script: Behaviour[];
  /** `Range` header (or "") of each request so far. */
  readonly ranges: string[];
  close(): Promise<void>;
}

export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
const etag = (content: Uint8Array) => `"${sha256(content).slice(0, 16)}"`;

/** Serves the content, a part of it if asked for one that still is what the client began with. */
export const serve: Behaviour = (request, response, content) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const resume = from > 0 && request.headers["if-range"] === etag(content);
  if (from >= content.length && resume) {
    response.writeHead(416).end();
    return;
  }
  const body = resume ? content.subarray(from) : content;
  response.writeHead(resume ? 206 : 200, {
    etag: etag(content),
    "content-length": body.length,
    ...(resume && { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }),
  });
  response.end(body);
};

/** Announces everything, sends a part, then breaks the connection. */
export const truncate =
  (bytes: number): Behaviour =>
  (request, response, content) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const resume = from > 0 && request.headers["if-range"] === etag(content);
    const start = resume ? from : 0;
    response.writeHead(resume ? 206 : 200, {
      etag: etag(content),
      "content-length": content.length - start,
      ...(resume && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    response.write(content.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 50));
  };

/** Sends a part and then nothing, keeping the connection open. */
export const stall =
  (bytes: number): Behaviour =>
  (_, response, content) => {
    response.writeHead(200, { etag: etag(content), "content-length": content.length });
    response.write(content.subarray(0, bytes));
  };

/** Answers with a status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) => {
    response.writeHead(code, headers).end("no");
  };

export async function fileServer(): Promise<FileServer> {
  const files = new Map<string, Buffer>();
  const script: Behaviour[] = [];
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? "");
    const content = files.get(request.url ?? "");
    if (!content) {
      response.writeHead(404).end();
      return;
    }
    (script.shift() ?? serve)(request, response, content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    script,
    ranges,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
