import type { ExecutionResult, ExecutionTimings, StageOutcome } from '../pyrovm/engine/execution.ts';
import { encodeOutput } from './output.ts';
import type { OutputEncoding } from './contract.ts';

/** How the bodies of both dialects are to be made of a result. */
export interface ReplyOptions {
  readonly encoding: OutputEncoding;
  /** Time limit that was in force, in ms; named when the program overran it. */
  readonly timeLimitMs: number;
}

/** Body of `POST /api/execute`: the fields of the TVM usage guide in its order, then the additive ones. */
export function apiExecuteReply(result: ExecutionResult, { encoding, timeLimitMs }: ReplyOptions) {
  const stdout = encodeOutput(result.stdout, result.stdoutTruncated, encoding);
  const stderr = encodeOutput(result.stderr, result.stderrTruncated, encoding);
  const fields = {
    request_id: result.requestId,
    stdout: stdout.text,
    stderr: stderr.text,
    exit_code: result.exitCode,
    execution_time_ms: Math.round(result.executionTimeMs),
    language: result.language,
    language_version: result.languageVersion,
    status: result.status,
    signal: result.signal,
    stdout_truncated: result.stdoutTruncated,
    stderr_truncated: result.stderrTruncated,
    stdout_invalid_utf8: stdout.invalidUtf8,
    stderr_invalid_utf8: stderr.invalidUtf8,
    output_encoding: encoding,
    compile: compileReply(result.compile, encoding),
    ...usage(result),
  };
  if (result.status !== 'timeout') return fields;
  return { detail: `execution timed out after ${timeLimitMs} ms`, code: 'execution_timeout', ...fields };
}

/** Body of `POST /execute`: the fields of the Code Execution API guide in its order, then the additive ones. */
export function executeReply(result: ExecutionResult, { encoding, timeLimitMs }: ReplyOptions) {
  const stdout = encodeOutput(result.stdout, result.stdoutTruncated, encoding);
  const stderr = encodeOutput(result.stderr, result.stderrTruncated, encoding);
  return {
    output: stdout.text,
    error: errorText(result, timeLimitMs),
    execution_time: roundTo(result.executionTimeMs / 1000, 6),
    success: succeeded(result),
    request_id: result.requestId,
    stderr: stderr.text,
    exit_code: result.exitCode,
    status: result.status,
    signal: result.signal,
    language: result.language,
    language_version: result.languageVersion,
    stdout_truncated: result.stdoutTruncated,
    stderr_truncated: result.stderrTruncated,
    stdout_invalid_utf8: stdout.invalidUtf8,
    stderr_invalid_utf8: stderr.invalidUtf8,
    output_encoding: encoding,
    compile: compileReply(result.compile, encoding),
    ...usage(result),
  };
}

function succeeded(result: ExecutionResult): boolean {
  return result.status === 'ok' && result.exitCode === 0;
}

/** The message is for people: always text, whatever the encoding of the output. */
function errorText(result: ExecutionResult, timeLimitMs: number): string | null {
  if (succeeded(result)) return null;
  const stderr = encodeOutput(result.stderr, result.stderrTruncated, 'utf8').text;
  const reason =
    result.compile && result.status === 'compile_error'
      ? compilerEnded(result.compile)
      : limitReached(result.status, timeLimitMs);
  if (reason) return stderr ? `${reason}\n${stderr}` : reason;
  return stderr || (result.signal ? `killed by ${result.signal}` : `exited with code ${result.exitCode}`);
}

/** Of a compiler that found errors its own words are enough. */
function compilerEnded({ status, executionTimeMs }: StageOutcome): string | undefined {
  if (status === 'timeout') return `compiling timed out after ${Math.round(executionTimeMs / 1000)} s`;
  if (status === 'out_of_memory') return 'compiling ran out of memory';
  if (status === 'output_limit') return 'compiling exceeded the output limit';
  return undefined;
}

function limitReached(status: ExecutionResult['status'], timeLimitMs: number): string | undefined {
  if (status === 'timeout') return `execution timed out after ${timeLimitMs / 1000} s`;
  if (status === 'out_of_memory') return 'execution ran out of memory';
  if (status === 'output_limit') return 'execution exceeded the output limit';
  return undefined;
}

/** Null in languages that are not compiled. */
function compileReply(compile: StageOutcome | undefined, encoding: OutputEncoding) {
  if (!compile) return null;
  const stdout = encodeOutput(compile.stdout, compile.stdoutTruncated, encoding);
  const stderr = encodeOutput(compile.stderr, compile.stderrTruncated, encoding);
  return {
    status: compile.status,
    stdout: stdout.text,
    stderr: stderr.text,
    exit_code: compile.exitCode,
    signal: compile.signal,
    time_ms: Math.round(compile.executionTimeMs),
    stdout_truncated: compile.stdoutTruncated,
    stderr_truncated: compile.stderrTruncated,
    memory_peak_bytes: compile.memoryPeakBytes,
  };
}

function usage(result: ExecutionResult) {
  return {
    cpu_time_ms: roundTo(result.cpuTimeMs, 3),
    memory_peak_bytes: result.memoryPeakBytes,
    machine: result.machine,
    timings: roundedTimings(result.timings),
  };
}

function roundedTimings(timings: ExecutionTimings): ExecutionTimings {
  return {
    queue_ms: roundTo(timings.queue_ms, 3),
    boot_ms: roundTo(timings.boot_ms, 3),
    setup_ms: roundTo(timings.setup_ms, 3),
    run_ms: roundTo(timings.run_ms, 3),
    teardown_ms: roundTo(timings.teardown_ms, 3),
    total_ms: roundTo(timings.total_ms, 3),
  };
}

function roundTo(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
