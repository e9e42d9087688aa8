import { messageOf } from '../errors.ts';
import { failure } from './failure.ts';

export interface ApiReply {
  readonly status: number;
  /** The parsed JSON. */
  readonly body: unknown;
  /** Wall-clock time from sending to the last byte, in ms. */
  readonly elapsedMs: number;
}

export interface ApiRequest {
  /** Sent as JSON by POST; absent for a GET. */
  readonly body?: unknown;
  /** Setting `api_key`. */
  readonly apiKey: string | undefined;
  /** Longest wait for the whole reply. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one request to the local API; every HTTP status is a reply.
 * @throws TvmError `host_unready` when nothing answers, when the deadline passes or when the answer is no JSON.
 * @throws the reason of `signal` when that aborts.
 */
export async function callApi(url: string, request: ApiRequest): Promise<ApiReply> {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const began = performance.now();
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([request.signal, deadline]),
      redirect: 'error',
      headers: {
        connection: 'close',
        'content-type': 'application/json',
        ...(request.apiKey === undefined ? {} : { authorization: `Bearer ${request.apiKey}` }),
      },
      ...(request.body === undefined ? {} : { method: 'POST', body: JSON.stringify(request.body) }),
    });
    const body: unknown = await response.json();
    return { status: response.status, body, elapsedMs: performance.now() - began };
  } catch (error) {
    request.signal.throwIfAborted();
    const reason = deadline.aborted ? `no reply within ${request.deadlineMs / 1000} s` : reasonOf(error);
    throw failure(`${url} does not answer: ${reason}`, {
      remedy: 'Run `tvm status`; `tvm logs` says what happened.',
      cause: error,
    });
  }
}

/** `fetch` hides the reason in the cause, and there in a list when a name has several addresses. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError) return messageOf(cause.errors[0]);
  return messageOf(cause ?? error);
}
