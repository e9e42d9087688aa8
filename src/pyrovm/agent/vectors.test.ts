import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader, PayloadReader, PayloadWriter, ProtocolError } from './frames.ts';
import type { Frame } from './frames.ts';
import {
  decodeGuestMessage,
  encodeClock,
  encodeFile,
  encodeInit,
  encodePrepare,
  encodeRelease,
  encodeRenew,
  encodeRun,
  encodeSignal,
  encodeStdin,
  EXIT_CAUSES,
  GUEST_ERROR_NAMES,
} from './messages.ts';
import type { GuestMessage, ProgramLimits, RunMessage } from './messages.ts';

interface Vector {
  readonly name: string;
  readonly bytes: Buffer;
  /** `ok`, or why the frame must be refused. */
  readonly verdict: string;
}

const file = new URL('../../../protocol/gen-2.vectors', import.meta.url);
const VECTORS: readonly Vector[] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name = '', hex = '', verdict = '', ...more] = line.split('\t');
    if (!/^([0-9a-f]{2})+$/.test(hex) || verdict === '' || more.length > 0)
      throw new Error(`odd line: ${name}`);
    return { name, bytes: Buffer.from(hex, 'hex'), verdict };
  });

const isFraming = ({ name }: Vector): boolean => name.startsWith('frame-');
const isFromGuest = (vector: Vector): boolean => !isFraming(vector) && (vector.bytes[4] ?? 0) >= 0x40;
const ok = ({ verdict }: Vector): boolean => verdict === 'ok';

/** The only frame that the bytes of a vector are. */
function frameOf({ bytes }: Vector): Frame {
  const reader = new FrameReader();
  const [frame, ...more] = reader.push(bytes);
  if (!frame || more.length > 0 || reader.pendingBytes > 0) throw new Error('not one frame');
  return frame;
}

/** The frame of the guest that says this, written by hand from the protocol's tables. */
function encodeGuestMessage(message: GuestMessage): Buffer {
  const writer = new PayloadWriter();
  const bits = (...flags: boolean[]): number =>
    flags.reduce((sum, flag, bit) => sum + (flag ? 1 << bit : 0), 0);
  switch (message.kind) {
    case 'hello':
      writer.u16(message.version).u8(bits(message.rootMounted)).bytes(message.nonce);
      return encodeFrame(0x41, writer.str(message.agentBuild).str(message.kernelRelease).payload());
    case 'ready':
      writer.u8(bits(message.rngReseeded, message.clockSet, message.hostnameSet)).bytes(message.nonce);
      return encodeFrame(0x42, writer.payload());
    case 'prepared':
      return encodeFrame(0x47, writer.u8(message.waiting).payload());
    case 'renewed':
      return encodeFrame(0x48, writer.u8(message.waiting ? 1 : 0).payload());
    case 'started':
      return encodeFrame(0x43, writer.payload());
    case 'output':
      writer.u8(message.stream === 'stdout' ? 1 : 2);
      return encodeFrame(0x44, writer.rest(message.data).payload());
    case 'exit':
      writer.u8(EXIT_CAUSES.indexOf(message.cause)).u8(message.exitCode).u8(message.signal);
      writer.u8(bits(message.stdoutTruncated, message.stderrTruncated));
      for (const n of [message.wallUs, message.userUs, message.systemUs, message.memoryPeakBytes]) {
        // 2^64 - 1 is the one number of the vectors that a double rounds.
        writer.u64(BigInt(n) === 2n ** 64n ? 2n ** 64n - 1n : n);
      }
      return encodeFrame(0x45, writer.payload());
    case 'error':
      writer.u16(GUEST_ERROR_NAMES.indexOf(message.error) + 1);
      return encodeFrame(0x46, writer.str(message.message).payload());
  }
}

const list = (reader: PayloadReader): string[] => Array.from({ length: reader.u32() }, () => reader.str());

/** Whether the host has a way to say it: a number beyond 2^53 or a version but its own it cannot. */
function canBeSaid({ name }: Vector): boolean {
  return !/-largest-numbers$|-longest-fields$|-version-3-/.test(name);
}

/** Reads a frame of the host, then says the same with its encoders. */
function sayAgain({ type, payload }: Frame): Buffer {
  const reader = new PayloadReader(payload);
  switch (type) {
    case 0x01: {
      reader.u16();
      const entropy = reader.bytes();
      const clock = new PayloadReader(reader.rest());
      const wallClockNs = payload.readBigUInt64LE(2 + 4 + entropy.length);
      clock.u64();
      const [vmId, hostname, scratchBytes] = [clock.str(), clock.str(), clock.u64()];
      return encodeInit({ entropy, wallClockNs, vmId, hostname, scratchBytes });
    }
    case 0x02: {
      const flags = reader.u8();
      const [mode, path, content] = [reader.u32(), reader.str(), reader.rest()];
      if (flags === 1) return Buffer.concat(encodeFile(path, mode, content));
      // Only a content too large for one frame is appended to: let it end with the bytes of the vector.
      const [, last] = encodeFile(path, mode, Buffer.concat([firstFrame(path), content]));
      return last ?? Buffer.alloc(0);
    }
    case 0x03:
      return encodeRun(readRun(reader));
    case 0x04:
      return encodeStdin(reader.rest())[0] ?? Buffer.alloc(0);
    case 0x05:
      return Buffer.concat(encodeStdin(Buffer.alloc(0)));
    case 0x06:
      return encodeSignal(reader.u8());
    case 0x07:
      return encodePrepare({
        ...readRun(reader),
        gate: reader.str(),
        count: reader.u8(),
        scratchBytes: reader.u64(),
      });
    case 0x08:
      return encodeRenew();
    case 0x09:
      return encodeRelease(readLimits(reader));
    case 0x0a:
      return encodeClock(payload.readBigUInt64LE());
    default:
      throw new Error(`type ${type}`);
  }
}

function readRun(reader: PayloadReader): RunMessage {
  return { argv: list(reader), environment: list(reader), cwd: reader.str(), limits: readLimits(reader) };
}

function readLimits(reader: PayloadReader): ProgramLimits {
  return {
    timeoutMs: reader.u64(),
    memoryBytes: reader.u64(),
    maxProcesses: reader.u32(),
    outputBytes: reader.u64(),
    fileBytes: reader.u64(),
    openFiles: reader.u32(),
  };
}

/** As much content as fills a first frame of FILE. */
function firstFrame(path: string): Buffer {
  return Buffer.alloc(65_536 - (1 + 4 + 4 + Buffer.byteLength(path)));
}

describe('the frozen frames of generation 2', () => {
  it('hold every frame type of both directions, good ones and bad ones', () => {
    const types = (vectors: readonly Vector[]): number[] => [
      ...new Set(vectors.map(({ bytes }) => bytes[4] ?? 0)),
    ];
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48];
    expect(types(VECTORS.filter(ok)).toSorted((a, b) => a - b)).toEqual(all);
    expect(types(VECTORS.filter((vector) => !ok(vector)))).toEqual(expect.arrayContaining(all));
    expect(VECTORS.filter(isFraming).length).toBeGreaterThan(0);
    expect(new Set(VECTORS.map(({ name }) => name)).size).toBe(VECTORS.length);
  });

  it.each(VECTORS.filter((vector) => isFromGuest(vector) && ok(vector)))(
    'from the guest, $name is understood without loss',
    (vector) => {
      expect(encodeGuestMessage(decodeGuestMessage(frameOf(vector)))).toEqual(vector.bytes);
    },
  );

  it.each(VECTORS.filter((vector) => isFromGuest(vector) && !ok(vector)))(
    'from the guest, $name is refused: $verdict',
    (vector) => {
      const frame = frameOf(vector);
      expect(() => decodeGuestMessage(frame)).toThrow(ProtocolError);
    },
  );

  it.each(VECTORS.filter(isFraming))('of either side, $name is refused: $verdict', ({ bytes }) => {
    expect(() => [...new FrameReader().push(bytes)]).toThrow(ProtocolError);
  });

  it.each(VECTORS.filter((v) => !isFraming(v) && !isFromGuest(v) && ok(v) && canBeSaid(v)))(
    'from the host, $name is said byte for byte',
    (vector) => {
      expect(sayAgain(frameOf(vector)).toString('hex')).toBe(vector.bytes.toString('hex'));
    },
  );
});
