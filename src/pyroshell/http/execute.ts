import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TvmError } from '../../errors.ts';
import type { ExecutionResult, Executor } from '../../pyrovm/engine/execution.ts';
import { findLanguage } from '../../runtimes/catalogue.ts';
import { DEFAULT_LIMITS } from '../../runtimes/limits.ts';
import type { Language } from '../../runtimes/schema.ts';
import { apiExecuteSchema, executeSchema } from '../contract.ts';
import type { ApiExecuteBody, ExecuteBody } from '../contract.ts';
import type { ClientLimits } from '../access/client-limits.ts';
import { apiExecuteReply, executeReply } from '../replies.ts';
import { validate } from '../validate.ts';
import { requireJson } from './body.ts';

/** Time limit of the Code Execution API guide, in ms. */
const EXECUTE_DEFAULT_TIMEOUT_MS = 60_000;

interface TimeLimit {
  /** As the client named it, in ms. */
  readonly asked: number | undefined;
  /** When it named none, before the language's cap, in ms. */
  readonly fallback: number;
}

/** `POST /api/execute` and `POST /execute`. */
export function addExecuteRoutes(app: FastifyInstance, executor: Executor, limits: ClientLimits): void {
  // The place is taken before the body is read: bodies on their way take memory, too.
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    requireJson(request);
    request.exchange.place = limits.beginExecution(request.exchange.client);
  };

  app.post('/api/execute', { onRequest }, async (request, reply) => {
    const body = validate(apiExecuteSchema, request.body);
    const time = { asked: body.timeout_ms, fallback: DEFAULT_LIMITS.timeoutMs };
    const language = findLanguage(body.language);
    const result = await execute(executor, request, body, language, time);
    if (leftAlone(request, reply)) return reply;
    if (result.status === 'timeout') {
      reply.code(408);
      request.exchange.errorCode = 'execution_timeout';
    }
    return apiExecuteReply(result, replyOptions(body, language, time));
  });

  app.post('/execute', { onRequest }, async (request, reply) => {
    const body = validate(executeSchema, request.body);
    const language = findLanguage(body.language);
    const time = { asked: timeoutInMs(body.timeout, language), fallback: EXECUTE_DEFAULT_TIMEOUT_MS };
    const result = await execute(executor, request, body, language, time);
    if (leftAlone(request, reply)) return reply;
    return executeReply(result, replyOptions(body, language, time));
  });
}

async function execute(
  executor: Executor,
  request: FastifyRequest,
  body: ApiExecuteBody | ExecuteBody,
  language: Language,
  time: TimeLimit,
): Promise<ExecutionResult> {
  const { exchange } = request;
  exchange.language = language.id;
  // From here on the place is kept until the machine is gone, whether the client stays for that or not.
  using _place = exchange.place;
  exchange.place = undefined;
  const result = await executor.execute(
    {
      requestId: exchange.requestId,
      client: exchange.client,
      language: language.id,
      languageVersion: body.language_version,
      code: body.code,
      stdin: body.stdin === undefined ? undefined : Buffer.from(body.stdin, 'utf8'),
      args: body.args,
      limits: { timeoutMs: time.asked, memoryMb: body.memory_mb, cpuCount: body.cpu_count },
      defaultTimeoutMs: time.fallback,
    },
    { signal: exchange.signal },
  );
  exchange.executionStatus = result.status;
  return result;
}

/** Seconds to whole ms; checked here because the executor would name the field and the unit of the other dialect. */
function timeoutInMs(seconds: number | undefined, language: Language): number | undefined {
  if (seconds === undefined) return undefined;
  const cap = language.limits.maxTimeoutMs / 1000;
  if (seconds <= cap) return Math.max(1, Math.round(seconds * 1000));
  throw new TvmError(
    'limit_out_of_range',
    `timeout: ${seconds} is out of range; allowed for ${language.name}: above 0 to ${cap} seconds`,
  );
}

function replyOptions(body: ApiExecuteBody | ExecuteBody, language: Language, time: TimeLimit) {
  const timeLimitMs = time.asked ?? Math.min(time.fallback, language.limits.maxTimeoutMs);
  return { encoding: body.output_encoding ?? 'utf8', timeLimitMs };
}

/** True when the client is gone: then nothing is sent. */
function leftAlone(request: FastifyRequest, reply: FastifyReply): boolean {
  if (!request.exchange.signal.aborted) return false;
  reply.hijack();
  return true;
}
