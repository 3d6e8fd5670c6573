/** A thread of the team: sleeps until there are calls, does its share, and sleeps again. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { exportsOf } from "./load.js";
import { claim, perform, type TeamMessage, type TeamSetup, WORD } from "./teamProtocol.js";

const { words, doubles, member } = workerData as TeamSetup;
const control = { words: new Int32Array(words), doubles: new Float64Array(doubles) };
const known = new Map<number, object>();

/** The functions on a memory; messages with memories are posted before the calls that need them. */
function exportsOn(id: number): object {
  if (!known.has(id)) listen();
  return known.get(id)!;
}

function listen(): void {
  for (let next = receiveMessageOnPort(parentPort!); next; next = receiveMessageOnPort(parentPort!)) {
    const message = next.message as TeamMessage;
    if (message.kind === "drop") known.delete(message.id);
    else known.set(message.id, exportsOf<object>(message));
  }
}

for (let seen = 0; ; ) {
  Atomics.wait(control.words, WORD.wake, seen);
  seen = Atomics.load(control.words, WORD.wake);
  listen();
  for (let call = claim(control); call >= 0; call = claim(control))
    perform(control, call, member, () => exportsOn(Atomics.load(control.words, WORD.memory)));
}
