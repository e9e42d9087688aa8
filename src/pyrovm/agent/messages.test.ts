import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, MAX_PAYLOAD_BYTES, PayloadReader, PayloadWriter, ProtocolError } from './frames.ts';
import type { Frame } from './frames.ts';
import {
  decodeGuestMessage,
  encodeFile,
  encodeInit,
  encodeRun,
  encodeSignal,
  encodeStdin,
  EXIT_CAUSES,
  GUEST_ERROR_NAMES,
} from './messages.ts';
import type { RunMessage } from './messages.ts';

/** The only frame in these bytes. */
function only(encoded: Buffer): Frame & { readonly reader: PayloadReader } {
  const [frame, ...more] = new FrameReader().push(encoded);
  if (!frame || more.length > 0) throw new Error('not one frame');
  return { ...frame, reader: new PayloadReader(frame.payload) };
}

const list = (reader: PayloadReader): string[] => Array.from({ length: reader.u32() }, () => reader.str());
const hex = (encoded: Buffer | undefined): string | undefined => encoded?.toString('hex');

describe('what the host says', () => {
  it('INIT is laid out as the protocol says', () => {
    const entropy = Buffer.alloc(64, 7);
    const { type, reader } = only(
      encodeInit({
        entropy,
        wallClockNs: 1_700_000_000_123_456_789n,
        vmId: 'i-r',
        hostname: 'tvm-1',
        scratchBytes: 64 * 1024 * 1024,
      }),
    );
    expect(type).toBe(0x01);
    expect(reader.u16()).toBe(2);
    expect(reader.bytes()).toEqual(entropy);
    expect(reader.rest().subarray(0, 8).readBigUInt64LE()).toBe(1_700_000_000_123_456_789n);
  });

  it('INIT is these bytes', () => {
    const message = {
      entropy: Buffer.alloc(2, 0xee),
      wallClockNs: 0x0102_0304_0506_0708n,
      vmId: 'i',
      hostname: 'hh',
      scratchBytes: 0x10_0000,
    };
    const expected = ['16000000'.replace('16', '24'), '01', '0200', '02000000eeee', '0807060504030201']
      .concat(['0100000069', '020000006868', '0000100000000000'])
      .join('');
    expect(hex(encodeInit(message))).toBe(expected);
  });

  it('RUN is laid out as the protocol says, whatever is in it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
    const number = fc.nat(0xffff_ffff);
    const message: fc.Arbitrary<RunMessage> = fc.record({
      argv: fc.array(text, { minLength: 1 }),
      environment: fc.array(text.map((value) => `A=${value}`)),
      cwd: text,
      limits: fc.record({
        timeoutMs: fc.maxSafeNat(),
        memoryBytes: fc.maxSafeNat(),
        maxProcesses: number,
        outputBytes: fc.maxSafeNat(),
        fileBytes: fc.maxSafeNat(),
        openFiles: number,
      }),
    });
    fc.assert(
      fc.property(message, (message) => {
        const { type, reader } = only(encodeRun(message));
        expect(type).toBe(0x03);
        expect({
          argv: list(reader),
          environment: list(reader),
          cwd: reader.str(),
          limits: {
            timeoutMs: reader.u64(),
            memoryBytes: reader.u64(),
            maxProcesses: reader.u32(),
            outputBytes: reader.u64(),
            fileBytes: reader.u64(),
            openFiles: reader.u32(),
          },
        }).toEqual(message);
        reader.end();
      }),
    );
  });

  it('RUN that does not fit into a frame is refused', () => {
    const message: RunMessage = {
      argv: ['x'.repeat(MAX_PAYLOAD_BYTES)],
      environment: [],
      cwd: '/',
      limits: { timeoutMs: 1, memoryBytes: 1, maxProcesses: 1, outputBytes: 1, fileBytes: 1, openFiles: 1 },
    };
    expect(() => encodeRun(message)).toThrow(ProtocolError);
  });

  it.each([0, 1, 65_517, 65_518, 65_519, 65_520, 200_000])(
    'FILE carries a content of %i bytes in as few frames as can be, the first of which creates it',
    (size) => {
      const content = Buffer.alloc(size, 'abc');
      const path = 'main.py';
      const perFrame = MAX_PAYLOAD_BYTES - (1 + 4 + 4 + path.length);
      const frames = encodeFile(path, 0o644, content).map(only);
      expect(frames).toHaveLength(Math.max(1, Math.ceil(size / perFrame)));
      const pieces = frames.map(({ type, reader }, index) => {
        expect(type).toBe(0x02);
        expect([reader.u8(), reader.u32(), reader.str()]).toEqual([index === 0 ? 1 : 0, 0o644, path]);
        return reader.rest();
      });
      expect(Buffer.concat(pieces).equals(content)).toBe(true);
    },
  );

  it.each([0, 1, MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 1, 200_000])(
    'STDIN carries %i bytes, none in an empty frame, and STDIN_EOF ends it',
    (size) => {
      const data = Buffer.alloc(size, 'abc');
      const frames = encodeStdin(data).map(only);
      const end = frames.pop();
      expect([end?.type, end?.payload.length]).toEqual([0x05, 0]);
      for (const { type, payload } of frames) {
        expect(type).toBe(0x04);
        expect(payload.length).toBeGreaterThan(0);
      }
      expect(Buffer.concat(frames.map((frame) => frame.payload)).equals(data)).toBe(true);
    },
  );

  it('SIGNAL is one byte', () => {
    expect(hex(encodeSignal(15))).toBe('02000000060f');
  });
});

const NONCE = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

const hello = (flags = 1): PayloadWriter =>
  new PayloadWriter().u16(2).u8(flags).bytes(NONCE).str('build').str('6.1');
const exit = (cause: number, exitCode: number, signal: number, flags = 0): Frame => ({
  type: 0x45,
  payload: new PayloadWriter()
    .u8(cause)
    .u8(exitCode)
    .u8(signal)
    .u8(flags)
    .u64(1)
    .u64(2)
    .u64(3)
    .u64(4)
    .payload(),
});
const errorFrame = (code: number, message: Buffer): Frame => ({
  type: 0x46,
  payload: new PayloadWriter().u16(code).bytes(message).payload(),
});

describe('what the guest says', () => {
  it('HELLO is understood', () => {
    expect(decodeGuestMessage({ type: 0x41, payload: hello().payload() })).toEqual({
      kind: 'hello',
      version: 2,
      rootMounted: true,
      nonce: NONCE,
      agentBuild: 'build',
      kernelRelease: '6.1',
    });
    expect(decodeGuestMessage({ type: 0x41, payload: hello(0).payload() })).toMatchObject({
      rootMounted: false,
    });
  });

  it('READY is understood bit by bit', () => {
    for (let flags = 0; flags < 8; flags++) {
      const payload = new PayloadWriter().u8(flags).bytes(NONCE).payload();
      expect(decodeGuestMessage({ type: 0x42, payload })).toEqual({
        kind: 'ready',
        rngReseeded: (flags & 1) !== 0,
        clockSet: (flags & 2) !== 0,
        hostnameSet: (flags & 4) !== 0,
        nonce: NONCE,
      });
    }
  });

  it('STARTED and OUTPUT are understood', () => {
    expect(decodeGuestMessage({ type: 0x43, payload: Buffer.alloc(0) })).toEqual({ kind: 'started' });
    const output = (stream: number): Frame => ({ type: 0x44, payload: Buffer.from([stream, 0x61, 0x00]) });
    const data = Buffer.from('a\0');
    expect(decodeGuestMessage(output(1))).toEqual({ kind: 'output', stream: 'stdout', data });
    expect(decodeGuestMessage(output(2))).toEqual({ kind: 'output', stream: 'stderr', data });
  });

  it('ERROR is understood, code by code', () => {
    for (const [index, error] of GUEST_ERROR_NAMES.entries()) {
      expect(decodeGuestMessage(errorFrame(index + 1, Buffer.from('why')))).toEqual({
        kind: 'error',
        error,
        message: 'why',
      });
    }
  });

  it('ERROR may be as long as 512 bytes, also where they are no UTF-8 or end within a character', () => {
    const cutWithin = Buffer.concat([Buffer.alloc(511, 'x'), Buffer.from([0xc3])]);
    expect(decodeGuestMessage(errorFrame(4, cutWithin))).toMatchObject({
      message: `${'x'.repeat(511)}\u{FFFD}`,
    });
    expect(decodeGuestMessage(errorFrame(4, Buffer.alloc(512, 0xff)))).toMatchObject({ error: 'start' });
    expect(() => decodeGuestMessage(errorFrame(4, Buffer.alloc(513, 'x')))).toThrow(ProtocolError);
  });

  it('EXIT is understood just when cause, code and signal agree', () => {
    for (let cause = 0; cause < 6; cause++) {
      for (let signal = 0; signal < 256; signal++) {
        for (const exitCode of [0, 1, 127, 128, (128 + signal) % 256, 255]) {
          const agree =
            cause === 0
              ? signal === 0
              : cause === 1
                ? signal >= 1 && signal <= 64 && exitCode === 128 + signal
                : cause <= 4 && signal === 9 && exitCode === 137;
          const decode = () => decodeGuestMessage(exit(cause, exitCode, signal));
          if (!agree) expect(decode).toThrow(ProtocolError);
          else expect(decode()).toMatchObject({ kind: 'exit', cause: EXIT_CAUSES[cause], exitCode, signal });
        }
      }
    }
  });

  it('EXIT carries its flags and numbers', () => {
    const both = decodeGuestMessage(exit(4, 137, 9, 3));
    expect(both).toEqual({
      kind: 'exit',
      cause: 'output',
      exitCode: 137,
      signal: 9,
      stdoutTruncated: true,
      stderrTruncated: true,
      wallUs: 1,
      userUs: 2,
      systemUs: 3,
      memoryPeakBytes: 4,
    });
    expect(decodeGuestMessage(exit(4, 137, 9, 2))).toMatchObject({
      stdoutTruncated: false,
      stderrTruncated: true,
    });
  });

  it('keeps a nonce that no later frame can change', () => {
    const payload = hello().payload();
    const message = decodeGuestMessage({ type: 0x41, payload });
    payload.fill(0);
    expect(message).toMatchObject({ nonce: NONCE });
  });

  it('is a message or a ProtocolError, whatever the bytes', () => {
    const valid = fc.constantFrom(
      { type: 0x41, payload: hello().payload() },
      { type: 0x42, payload: new PayloadWriter().u8(7).bytes(NONCE).payload() },
      { type: 0x44, payload: Buffer.from([1, 2, 3]) },
      exit(2, 137, 9),
      errorFrame(4, Buffer.from('no such file')),
    );
    // Random bytes alone would hardly get past the first field.
    const damaged = fc
      .tuple(valid, fc.nat(), fc.nat(255), fc.nat(3), fc.boolean())
      .map(([{ type, payload }, at, value, cut, grow]) => {
        const bytes = Buffer.from(payload);
        if (bytes.length > 0) bytes[at % bytes.length] = value;
        return {
          type,
          payload: grow
            ? Buffer.concat([bytes, bytes.subarray(0, cut)])
            : bytes.subarray(0, bytes.length - cut),
        };
      });
    const random = fc.record({
      type: fc.oneof(fc.integer({ min: 0x3f, max: 0x4a }), fc.nat(255)),
      payload: fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
    });
    fc.assert(
      fc.property(fc.oneof(damaged, random), (frame) => {
        try {
          expect(decodeGuestMessage(frame).kind).toBeOneOf([
            'hello',
            'ready',
            'started',
            'output',
            'exit',
            'error',
            'prepared',
            'renewed',
          ]);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
