/** The Jupyter messaging protocol 5.3 on the wire: [identities…, <IDS|MSG>, signature, header, parent, metadata, content]. */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { DataError } from "../errors.js";

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export interface Message {
  readonly header: Header;
  /** Header of the message that this one answers; empty if none. */
  readonly parent: Partial<Header>;
  readonly content: Readonly<Record<string, unknown>>;
}

const DELIMITER = "<IDS|MSG>";

/** A new message of a type. */
export function request(type: string, session: string, content: Readonly<Record<string, unknown>>): Message {
  const date = new Date().toISOString();
  return {
    header: { msg_id: randomUUID(), msg_type: type, session, username: "spectensor", date, version: "5.3" },
    parent: {},
    content,
  };
}

/** Frames of a message, signed with HMAC-SHA256. */
export function encode(message: Message, key: string): string[] {
  const parts = [message.header, message.parent, {}, message.content].map((part) => JSON.stringify(part));
  return [DELIMITER, sign(parts, key), ...parts];
}

/**
 * Reads a message and verifies its signature.
 * @throws DataError if a frame is missing or the signature is wrong
 */
export function decode(frames: readonly Buffer[], key: string): Message {
  const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const parts = frames.slice(at + 2, at + 6);
  if (at < 0 || parts.length < 4)
    throw new DataError({ where: "kernel message", problem: `${frames.length} frames do not make a message` });
  const [expected, found] = [Buffer.from(sign(parts, key)), frames[at + 1]!];
  if (expected.length !== found.length || !timingSafeEqual(expected, found))
    throw new DataError({ where: "kernel message", problem: "its signature does not fit the key of this connection" });
  const [header, parent, , content] = parts.map((part) => JSON.parse(part.toString()));
  return { header, parent, content };
}

function sign(parts: readonly (string | Buffer)[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
