import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { FakeGuest } from './fake-driver.ts';
import type { GuestRun, GuestScript } from './fake-driver.ts';

/** The port of the agent. */
const AGENT_PORT = 886;

/** Bytes of the shortest CONNECT line that Firecracker reads, and of the longest. */
const [MIN_LINE, MAX_LINE] = [10, 32];

export interface GuestOptions {
  readonly nonce: Buffer;
  /** Whether the agent has said hello to another host. */
  readonly isClone: boolean;
  /** How long its agent does not listen yet, in ms. */
  readonly listensAfterMs: number;
  /** Of a clone: how many of the first connections its kernel resets once they are made. */
  readonly resets: number;
  /** What answers instead of `OK`. */
  readonly answer: string | undefined;
}

/**
 * The guest's end of Firecracker's vsock, by its docs/vsock.md: it hangs up where nobody listens, and the CONNECT line has
 * to come in one piece.
 */
export class VsockDouble {
  #guest: GuestOptions | undefined;
  #listensAt = Infinity;
  #resets = 0;
  #greeted = false;

  constructor(path: string) {
    createServer((socket) => this.#serve(socket)).listen(path);
  }

  /** The guest runs. */
  start(guest: GuestOptions): void {
    this.#guest = guest;
    this.#greeted = guest.isClone;
    this.#resets = guest.isClone ? guest.resets : 0;
    this.#listensAt = Date.now() + guest.listensAfterMs;
  }

  #serve(socket: Socket): void {
    socket.on('error', () => {});
    socket.once('data', (line: Buffer) => {
      const [, port] = /^connect (\d+)\n$/i.exec(line.toString('latin1')) ?? [];
      const fits = line.length >= MIN_LINE && line.length <= MAX_LINE;
      if (!fits || Number(port) !== AGENT_PORT || !this.#guest || Date.now() < this.#listensAt) {
        socket.destroy();
        return;
      }
      this.#accept(socket, this.#guest);
    });
  }

  #accept(socket: Socket, { nonce, answer }: GuestOptions): void {
    if (this.#resets > 0) {
      this.#resets -= 1;
      // The host has its OK; what it says next meets a socket that is gone.
      socket.write('OK 1073741824\n');
      socket.once('data', () => socket.destroy());
      return;
    }
    socket.write(answer ?? 'OK 1073741824\n');
    const greet = this.#greeted ? { greet: () => {} } : {};
    this.#greeted = true;
    // eslint-disable-next-line no-new
    new FakeGuest(socket, { ...scriptedAgent(), ...greet }, nonce);
  }
}

/** An agent that answers the commands of the driver contract as a real guest would. */
function scriptedAgent(): GuestScript {
  let renewals = 0;
  return {
    renew: (guest) => guest.renewed((renewals += 1) < 2),
    run: async (guest, run) => {
      guest.started();
      if (run.argv[0] === '/bin/sleep') return;
      const input = (await run.stdin).toString();
      answer(guest, run, input);
    },
  };
}

function answer(guest: FakeGuest, run: GuestRun, input: string): void {
  const command = run.argv.at(-1) ?? '';
  if (run.waited) {
    guest.stdout(`${input}600:1000\nmain.sh\nmark\n/proc/1\n`);
    guest.exit();
  } else if (command.startsWith('cat')) {
    guest.stdout(input);
    guest.stderr('done\n');
    guest.exit({ exitCode: 5 });
  } else {
    guest.stdout(`${randomUUID()}\n`);
    guest.exit();
  }
}
