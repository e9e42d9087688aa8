import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { TvmError } from '../../../errors.ts';

/** Longest answer to a CONNECT line, in bytes. */
const MAX_ANSWER_BYTES = 32;

/** A connection to a port of the guest, and what already came of it. */
export interface GuestConnection {
  readonly socket: Socket;
  readonly received: Buffer;
}

/**
 * Opens a connection to a port inside the guest (Firecracker's docs/vsock.md, host-initiated): one line `CONNECT <port>`,
 * answered by a line `OK <port>`. Where nobody listens on the port Firecracker hangs up without a word.
 * @param socketPath of at most 107 bytes
 * @param onSocket called at once with the socket, so that its owner can destroy it
 * @returns the connection, paused; undefined when it was not made, and may be tried again
 * @throws TvmError `vm_failed` when what answers is not Firecracker
 */
export async function connectToGuest(
  socketPath: string,
  port: number,
  onSocket: (socket: Socket) => void,
): Promise<GuestConnection | undefined> {
  const socket = connect({ path: socketPath });
  onSocket(socket);
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf(10);
      if (end < 0 && answer.length <= MAX_ANSWER_BYTES) return;
      socket.pause();
      socket.off('data', onData);
      if (/^OK \d{1,10}\n$/.test(answer.subarray(0, end + 1).toString('latin1'))) {
        resolve({ socket, received: answer.subarray(end + 1) });
      } else {
        socket.destroy();
        reject(new TvmError('vm_failed', 'the way to the guest was not opened'));
      }
    };
    socket.on('data', onData);
    // The reason does not matter: what follows is the close.
    socket.on('error', () => {});
    socket.once('close', () => resolve(undefined));
    // In one piece: Firecracker reads the line without waiting for more of it.
    socket.once('connect', () => socket.write(`CONNECT ${port}\n`));
  });
}
