import { encodeFrame, MAX_PAYLOAD_BYTES, PayloadReader, PayloadWriter, ProtocolError } from './frames.ts';
import type { Frame } from './frames.ts';

/** Generation of the protocol that this host speaks. */
export const PROTOCOL_VERSION = 2;

const HOST = {
  init: 0x01,
  file: 0x02,
  run: 0x03,
  stdin: 0x04,
  stdinEof: 0x05,
  signal: 0x06,
  prepare: 0x07,
  renew: 0x08,
  release: 0x09,
  clock: 0x0a,
} as const;
const GUEST = {
  hello: 0x41,
  ready: 0x42,
  started: 0x43,
  output: 0x44,
  exit: 0x45,
  error: 0x46,
  prepared: 0x47,
  renewed: 0x48,
} as const;

/** Most programs that may wait in one guest. */
const MAX_WAITING = 8;

export interface InitMessage {
  /** 32 … 256 fresh random bytes. */
  readonly entropy: Buffer;
  /** Since 1970 UTC, in ns. */
  readonly wallClockNs: bigint;
  readonly vmId: string;
  readonly hostname: string;
  /** Bound of all writable file systems of the guest together. */
  readonly scratchBytes: number;
}

/** What a program may use. */
export interface ProgramLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly maxProcesses: number;
  /** Cap per stream. */
  readonly outputBytes: number;
  readonly fileBytes: number;
  readonly openFiles: number;
}

/** A program to start. */
export interface Command {
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  readonly cwd: string;
}

export interface RunMessage extends Command {
  readonly limits: ProgramLimits;
}

export interface PrepareMessage extends RunMessage {
  /** Name of the file in the workspace in whose opening the programs wait. */
  readonly gate: string;
  /** How many, 1 … 8. */
  readonly count: number;
  readonly scratchBytes: number;
}

/** Why a stage ended, in the order of the protocol's numbers. */
export const EXIT_CAUSES = ['exited', 'signaled', 'timeout', 'memory', 'output'] as const;
export type ExitCause = (typeof EXIT_CAUSES)[number];

/** Longest message of ERROR, in bytes as they are sent: decoding makes three of each that is not UTF-8. */
const MAX_ERROR_BYTES = 512;

/** Codes of ERROR. */
export const GUEST_ERROR_NAMES = ['protocol', 'version', 'file', 'start', 'internal', 'setup'] as const;
export type GuestErrorName = (typeof GUEST_ERROR_NAMES)[number];

export interface HelloMessage {
  readonly kind: 'hello';
  readonly version: number;
  readonly rootMounted: boolean;
  readonly nonce: Buffer;
  readonly agentBuild: string;
  readonly kernelRelease: string;
}

export interface ExitMessage {
  readonly kind: 'exit';
  readonly cause: ExitCause;
  readonly exitCode: number;
  /** 0 when no signal ended it. */
  readonly signal: number;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
  readonly wallUs: number;
  readonly userUs: number;
  readonly systemUs: number;
  readonly memoryPeakBytes: number;
}

export type GuestMessage =
  | HelloMessage
  | {
      readonly kind: 'ready';
      readonly rngReseeded: boolean;
      readonly clockSet: boolean;
      readonly hostnameSet: boolean;
      readonly nonce: Buffer;
    }
  | { readonly kind: 'prepared'; readonly waiting: number }
  | { readonly kind: 'renewed'; readonly waiting: boolean }
  | { readonly kind: 'started' }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }
  | ExitMessage
  | { readonly kind: 'error'; readonly error: GuestErrorName; readonly message: string };

export function encodeInit(message: InitMessage): Buffer {
  const payload = new PayloadWriter()
    .u16(PROTOCOL_VERSION)
    .bytes(message.entropy)
    .u64(message.wallClockNs)
    .str(message.vmId)
    .str(message.hostname)
    .u64(message.scratchBytes);
  return encodeFrame(HOST.init, payload.payload());
}

/** The frames that write one file of the workspace, however large. */
export function encodeFile(path: string, mode: number, content: Buffer): Buffer[] {
  const header = 1 + 4 + 4 + Buffer.byteLength(path);
  const chunkBytes = MAX_PAYLOAD_BYTES - header;
  const frames: Buffer[] = [];
  let offset = 0;
  do {
    const chunk = content.subarray(offset, offset + chunkBytes);
    const payload = new PayloadWriter()
      .u8(offset === 0 ? 1 : 0)
      .u32(mode)
      .str(path)
      .rest(chunk);
    frames.push(encodeFrame(HOST.file, payload.payload()));
    offset += chunkBytes;
  } while (offset < content.length);
  return frames;
}

/** @throws ProtocolError when argv and environment together do not fit into a frame (64 KiB) */
export function encodeRun(message: RunMessage): Buffer {
  return encodeFrame(HOST.run, writeRun(message).payload());
}

/** @throws ProtocolError as `encodeRun` */
export function encodePrepare(message: PrepareMessage): Buffer {
  const payload = writeRun(message).str(message.gate).u8(message.count).u64(message.scratchBytes);
  return encodeFrame(HOST.prepare, payload.payload());
}

export function encodeRenew(): Buffer {
  return encodeFrame(HOST.renew, Buffer.alloc(0));
}

/** @param wallClockNs since 1970 UTC */
export function encodeClock(wallClockNs: bigint): Buffer {
  return encodeFrame(HOST.clock, new PayloadWriter().u64(wallClockNs).payload());
}

export function encodeRelease(limits: ProgramLimits): Buffer {
  return encodeFrame(HOST.release, writeLimits(new PayloadWriter(), limits).payload());
}

function writeRun({ argv, environment, cwd, limits }: RunMessage): PayloadWriter {
  return writeLimits(new PayloadWriter().list(argv).list(environment).str(cwd), limits);
}

function writeLimits(writer: PayloadWriter, limits: ProgramLimits): PayloadWriter {
  return writer
    .u64(limits.timeoutMs)
    .u64(limits.memoryBytes)
    .u32(limits.maxProcesses)
    .u64(limits.outputBytes)
    .u64(limits.fileBytes)
    .u32(limits.openFiles);
}

/** The frames that carry all of `data` to stdin, then end it. */
export function encodeStdin(data: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let offset = 0; offset < data.length; offset += MAX_PAYLOAD_BYTES) {
    frames.push(encodeFrame(HOST.stdin, data.subarray(offset, offset + MAX_PAYLOAD_BYTES)));
  }
  frames.push(encodeFrame(HOST.stdinEof, Buffer.alloc(0)));
  return frames;
}

export function encodeSignal(signal: number): Buffer {
  return encodeFrame(HOST.signal, new PayloadWriter().u8(signal).payload());
}

/**
 * Decodes a frame from the guest. Every byte of it is hostile.
 * @throws ProtocolError for anything that protocol/PROTOCOL.md does not allow.
 */
export function decodeGuestMessage(frame: Frame): GuestMessage {
  const reader = new PayloadReader(frame.payload);
  const message = decodePayload(frame.type, reader);
  reader.end();
  return message;
}

function decodePayload(type: number, reader: PayloadReader): GuestMessage {
  switch (type) {
    case GUEST.hello: {
      const version = reader.u16();
      const [rootMounted = false] = flags(reader, 1);
      return {
        kind: 'hello',
        version,
        rootMounted,
        nonce: nonce(reader),
        agentBuild: reader.str(),
        kernelRelease: reader.str(),
      };
    }
    case GUEST.ready: {
      const [rngReseeded = false, clockSet = false, hostnameSet = false] = flags(reader, 3);
      return { kind: 'ready', rngReseeded, clockSet, hostnameSet, nonce: nonce(reader) };
    }
    case GUEST.prepared: {
      const waiting = reader.u8();
      if (waiting < 1 || waiting > MAX_WAITING) throw new ProtocolError(`${waiting} programs wait`);
      return { kind: 'prepared', waiting };
    }
    case GUEST.renewed: {
      const waiting = reader.u8();
      if (waiting > 1) throw new ProtocolError(`${waiting} programs wait`);
      return { kind: 'renewed', waiting: waiting === 1 };
    }
    case GUEST.started:
      return { kind: 'started' };
    case GUEST.output: {
      const stream = reader.u8();
      if (stream !== 1 && stream !== 2) throw new ProtocolError(`output stream ${stream}`);
      const data = reader.rest();
      if (data.length === 0) throw new ProtocolError('empty output');
      return { kind: 'output', stream: stream === 1 ? 'stdout' : 'stderr', data };
    }
    case GUEST.exit:
      return decodeExit(reader);
    case GUEST.error: {
      const code = reader.u16();
      const error = GUEST_ERROR_NAMES[code - 1];
      if (!error) throw new ProtocolError(`error code ${code}`);
      const message = reader.str(MAX_ERROR_BYTES);
      return { kind: 'error', error, message };
    }
    default:
      throw new ProtocolError(`frame type ${type}`);
  }
}

function decodeExit(reader: PayloadReader): ExitMessage {
  const causeNumber = reader.u8();
  const cause = EXIT_CAUSES[causeNumber];
  if (!cause) throw new ProtocolError(`exit cause ${causeNumber}`);
  const exitCode = reader.u8();
  const signal = reader.u8();
  if (signal > 64) throw new ProtocolError(`signal ${signal}`);
  if (cause !== 'exited' && cause !== 'signaled' && signal !== 9) {
    throw new ProtocolError(`signal ${signal} with cause ${cause}`);
  }
  if (cause === 'exited' ? signal !== 0 : exitCode !== 128 + signal || signal === 0) {
    throw new ProtocolError(`exit code ${exitCode} with cause ${cause} and signal ${signal}`);
  }
  const [stdoutTruncated = false, stderrTruncated = false] = flags(reader, 2);
  return {
    kind: 'exit',
    cause,
    exitCode,
    signal,
    stdoutTruncated,
    stderrTruncated,
    wallUs: reader.u64(),
    userUs: reader.u64(),
    systemUs: reader.u64(),
    memoryPeakBytes: reader.u64(),
  };
}

/** The `count` low bits of a flags byte, lowest first; any other bit is refused. */
function flags(reader: PayloadReader, count: number): boolean[] {
  const bits = reader.u8();
  if (bits >> count !== 0) throw new ProtocolError(`flags ${bits}`);
  return Array.from({ length: count }, (_, bit) => ((bits >> bit) & 1) === 1);
}

function nonce(reader: PayloadReader): Buffer {
  const bytes = reader.bytes();
  if (bytes.length !== 16) throw new ProtocolError(`nonce of ${bytes.length} bytes`);
  // A copy: the frame's buffer is as large as a chunk of the stream, the nonce outlives it.
  return Buffer.from(bytes);
}
