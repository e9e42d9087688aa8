import { constants } from 'node:os';
import { GuestFailure } from '../agent/client.ts';
import type { StageHandlers } from '../agent/client.ts';
import type { Command, ExitCause, ExitMessage, ProgramLimits } from '../agent/messages.ts';
import type { Machine } from '../machine/machine.ts';
import { OPEN_FILES } from '../template/command.ts';
import type { ExecutionLimits } from '../../runtimes/schema.ts';
import type { StageOutcome } from './execution.ts';
import { OutputBuffer } from './output-buffer.ts';

const MIB = 1024 * 1024;

/** How long the guest may be late before the host ends the program itself, in ms. */
const HOST_GRACE_MS = 800;

/** A timer that is later than this shows that this process stood still, in ms. */
const STANDSTILL_MS = 50;

/** Share of the time limit that must really have passed when a guest reports it. */
const TIMEOUT_TOLERANCE = 0.9;

/** How long a program may take to start once the guest has it, in ms. */
const START_TIMEOUT_MS = 20_000;

const SIGKILL = constants.signals.SIGKILL;
/** Of two names of a number the first in Node's list counts: 6 is SIGABRT, not SIGIOT. */
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** What the operator's settings add to a request's own limits. */
export interface StageLimits {
  readonly outputBytes: number;
  readonly maxProcesses: number;
}

/** One program to run in a machine. */
export interface Stage {
  /** Undefined: the program that waits in the machine. */
  readonly command: Command | undefined;
  readonly limits: ExecutionLimits;
  readonly stdin: Buffer;
}

/** What became of the program. */
export interface StageResult extends StageOutcome {
  /** Why the host had to end it, for the log. */
  readonly hostReason: string | undefined;
}

interface Ending {
  readonly cause: ExitCause | 'lost';
  readonly exitCode: number;
  readonly signal: number;
  readonly wallUs: number;
  readonly cpuUs: number;
  readonly memoryPeakBytes: number;
  readonly stdoutTruncated: boolean;
  readonly stderrTruncated: boolean;
  readonly hostReason?: string;
}

/**
 * Runs one program in a guest that has its source. Whatever the guest does, this settles
 * within the time limit and the grace: the guest's word is taken only as far as the host's own clock agrees.
 * @throws ProgramStartFailure or GuestFailure when the program did not even start, GuestFailure when the guest's clock
 *   is so wrong that its time limit means nothing
 */
export async function runStage(
  { agent }: Pick<Machine, 'agent'>,
  stage: Stage,
  limits: StageLimits,
): Promise<StageResult> {
  const { timeoutMs, cpuCount, memoryMb } = stage.limits;
  const stdout = new OutputBuffer(limits.outputBytes);
  const stderr = new OutputBuffer(limits.outputBytes);
  const sentAt = performance.now();
  let started = false;
  let timer: NodeJS.Timeout | undefined;

  const ending = await new Promise<Ending>((resolve, reject) => {
    timer = setTimeout(() => reject(new GuestFailure('the program did not start in time')), START_TIMEOUT_MS);
    const endAt = (due: number): void => {
      timer = setTimeout(() => {
        const now = performance.now();
        // This process stood still and has not read yet what the guest said meanwhile.
        if (now - due > STANDSTILL_MS) return endAt(now + HOST_GRACE_MS);
        const reason = 'the guest did not end the program at its time limit';
        return resolve(endedByHost('timeout', timeoutMs, reason));
      }, due - performance.now());
    };
    const onStarted = (): void => {
      started = true;
      clearTimeout(timer);
      endAt(performance.now() + timeoutMs + HOST_GRACE_MS);
    };
    const onOutput = (stream: 'stdout' | 'stderr', data: Buffer): void => {
      (stream === 'stdout' ? stdout : stderr).push(data);
    };
    start(agent, stage, limits, { onStarted, onOutput }).then(
      (exit) => resolve({ ...exit, cpuUs: exit.userUs + exit.systemUs }),
      (error: unknown) => {
        if (started && error instanceof GuestFailure) {
          resolve(endedByHost('lost', performance.now() - sentAt, error.message));
        } else {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      },
    );
  }).finally(() => clearTimeout(timer));

  const observedMs = performance.now() - sentAt;
  if (ending.cause === 'timeout' && observedMs < TIMEOUT_TOLERANCE * timeoutMs) {
    throw new GuestFailure(
      `the guest's clock is wrong: its time limit came after ${Math.round(observedMs)} ms`,
    );
  }
  return {
    // A guest that says less than it sent does not make a cut output complete.
    status: stdout.truncated || stderr.truncated ? 'output_limit' : statusOf(ending),
    exitCode: ending.exitCode,
    signal: ending.signal === 0 ? null : (SIGNAL_NAMES.get(ending.signal) ?? `SIG${ending.signal}`),
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    stdoutTruncated: stdout.truncated || ending.stdoutTruncated,
    stderrTruncated: stderr.truncated || ending.stderrTruncated,
    executionTimeMs: Math.min(ending.wallUs / 1000, observedMs),
    cpuTimeMs: Math.min(ending.cpuUs / 1000, observedMs * cpuCount),
    memoryPeakBytes: Math.min(ending.memoryPeakBytes, memoryMb * MIB),
    hostReason: ending.hostReason,
  };
}

async function start(
  agent: Machine['agent'],
  { command, limits, stdin }: Stage,
  { maxProcesses, outputBytes }: StageLimits,
  handlers: StageHandlers,
): Promise<ExitMessage> {
  const programLimits: ProgramLimits = {
    timeoutMs: limits.timeoutMs,
    memoryBytes: limits.memoryMb * MIB,
    maxProcesses,
    outputBytes,
    fileBytes: limits.memoryMb * MIB,
    openFiles: OPEN_FILES,
  };
  if (!command) return agent.release(programLimits, stdin, handlers);
  return agent.run({ ...command, limits: programLimits }, stdin, handlers);
}

function endedByHost(cause: 'timeout' | 'lost', wallMs: number, hostReason: string): Ending {
  return {
    cause,
    exitCode: 128 + SIGKILL,
    signal: SIGKILL,
    wallUs: wallMs * 1000,
    cpuUs: 0,
    memoryPeakBytes: 0,
    stdoutTruncated: false,
    stderrTruncated: false,
    hostReason,
  };
}

function statusOf(ending: Ending): StageResult['status'] {
  switch (ending.cause) {
    case 'exited':
      return ending.exitCode === 0 ? 'ok' : 'runtime_error';
    case 'signaled':
      return 'runtime_error';
    case 'timeout':
      return 'timeout';
    case 'memory':
      return 'out_of_memory';
    case 'output':
      return 'output_limit';
    case 'lost':
      return 'killed';
  }
}
