/**
 * The error catalogue: every way in which TVM can refuse or fail, once. A code is stable: clients may rely on it.
 * `fault` says whose it is: `client` (the request), `host` (set-up of this machine) or `system` (TVM itself).
 */
export const ERROR_CATALOGUE = {
  invalid_request: {
    http: 400,
    grpc: 'INVALID_ARGUMENT',
    fault: 'client',
    remedy: 'Correct the field that the message names.',
  },
  malformed_body: {
    http: 400,
    grpc: 'INVALID_ARGUMENT',
    fault: 'client',
    remedy: 'Send one JSON object encoded as UTF-8.',
  },
  unknown_language: {
    http: 400,
    grpc: 'INVALID_ARGUMENT',
    fault: 'client',
    remedy: 'Use one of the languages or versions that the message lists.',
  },
  runtime_not_installed: {
    http: 400,
    grpc: 'FAILED_PRECONDITION',
    fault: 'host',
    remedy: 'Run the `tvm images build` command that the message names on the server.',
  },
  limit_out_of_range: {
    http: 400,
    grpc: 'OUT_OF_RANGE',
    fault: 'client',
    remedy: 'Ask for no more than the cap that the message names.',
  },
  unauthenticated: {
    http: 401,
    grpc: 'UNAUTHENTICATED',
    fault: 'client',
    remedy:
      'Send a valid API key; `tvm keys add` on the server makes one, and TVM_API_KEY gives it to `tvm`.',
  },
  not_found: {
    http: 404,
    grpc: 'NOT_FOUND',
    fault: 'client',
    remedy: 'GET / lists the endpoints.',
  },
  method_not_allowed: {
    http: 405,
    grpc: 'UNIMPLEMENTED',
    fault: 'client',
    remedy: 'Use a method that the Allow header names.',
  },
  execution_timeout: {
    http: 408,
    grpc: 'DEADLINE_EXCEEDED',
    fault: 'client',
    remedy: 'Raise timeout_ms or make the program faster; the reply carries the output so far.',
  },
  body_too_large: {
    http: 413,
    grpc: 'RESOURCE_EXHAUSTED',
    fault: 'client',
    remedy: 'Send a smaller body.',
  },
  unsupported_media_type: {
    http: 415,
    grpc: 'INVALID_ARGUMENT',
    fault: 'client',
    remedy: 'Send Content-Type: application/json.',
  },
  rate_limited: {
    http: 429,
    grpc: 'RESOURCE_EXHAUSTED',
    fault: 'client',
    remedy: 'Retry after the number of seconds in the Retry-After header, with fewer requests at a time.',
  },
  client_closed_request: {
    http: 499,
    grpc: 'CANCELLED',
    fault: 'client',
    remedy: 'None: the client went away and its VM was destroyed.',
  },
  internal: {
    http: 500,
    grpc: 'INTERNAL',
    fault: 'system',
    remedy: 'Look up the request id in `tvm logs --component api`.',
  },
  vm_failed: {
    http: 500,
    grpc: 'INTERNAL',
    fault: 'system',
    remedy: 'Retry; if it persists, look up the request id in `tvm logs --component api`.',
  },
  starting: {
    http: 503,
    grpc: 'UNAVAILABLE',
    fault: 'system',
    remedy: 'Retry after the number of seconds in the Retry-After header.',
  },
  overloaded: {
    http: 503,
    grpc: 'UNAVAILABLE',
    fault: 'system',
    remedy: 'Retry after the number of seconds in the Retry-After header.',
  },
  stopping: {
    http: 503,
    grpc: 'UNAVAILABLE',
    fault: 'system',
    remedy: 'Retry after the number of seconds in the Retry-After header.',
  },
  executor_unavailable: {
    http: 503,
    grpc: 'UNAVAILABLE',
    fault: 'host',
    remedy: 'Run `tvm doctor` on the server: no virtual machine monitor works there.',
  },
  config_invalid: {
    http: 500,
    grpc: 'FAILED_PRECONDITION',
    fault: 'host',
    remedy: 'Correct the settings that the message names; docs/configuration.md lists them all.',
  },
  host_unready: {
    http: 500,
    grpc: 'FAILED_PRECONDITION',
    fault: 'host',
    remedy: 'Run `tvm doctor`: it says what is missing and how to get it.',
  },
  build_failed: {
    http: 500,
    grpc: 'INTERNAL',
    fault: 'host',
    remedy: 'Read the quoted output of the tool that failed; `tvm images build` may be run again.',
  },
} as const satisfies Record<string, ErrorKind>;

interface ErrorKind {
  readonly http: number;
  readonly grpc: string;
  readonly fault: 'client' | 'host' | 'system';
  readonly remedy: string;
}

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface TvmErrorOptions {
  /** What led to it; kept for the log, never sent to a client. */
  readonly cause?: unknown;
  /** Seconds after which a retry makes sense, for the Retry-After header. */
  readonly retryAfterSeconds?: number;
  /** Facts for the log, never sent to a client; no source code or program output. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The only error class of TVM. `message` is fit for a client: it names the field and what is allowed. */
export class TvmError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: TvmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TvmError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.context = options.context ?? {};
  }

  get httpStatus(): number {
    return ERROR_CATALOGUE[this.code].http;
  }

  get remedy(): string {
    return ERROR_CATALOGUE[this.code].remedy;
  }
}

/** Returns `error` if it is a TvmError, else an `internal` one that hides it from the client and keeps it as cause. */
export function toTvmError(error: unknown): TvmError {
  if (error instanceof TvmError) return error;
  return new TvmError('internal', 'internal error', { cause: error });
}

/** The message of anything thrown, for logs and terminals. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The errno name of a failed system call, such as `ENOENT`, or undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
