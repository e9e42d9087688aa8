import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Config } from '../config/load.ts';
import { ERROR_CATALOGUE, TvmError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { openLogs } from '../observability/log.ts';
import { apiExecuteSchema } from '../pyroshell/contract.ts';
import type { ApiExecuteBody } from '../pyroshell/contract.ts';
import { apiExecuteReply } from '../pyroshell/replies.ts';
import { validate } from '../pyroshell/validate.ts';
import { EXECUTION_STATUSES } from '../pyrovm/engine/execution.ts';
import { findLanguage, RUNTIMES } from '../runtimes/catalogue.ts';
import { DEFAULT_LIMITS } from '../runtimes/limits.ts';
import { callApi } from './api-client.ts';
import type { CliContext } from './context.ts';
import { inspectDaemon } from './daemon.ts';
import { failure } from './failure.ts';
import { ensureFolders } from './folders.ts';

/** What `run` needs of a reply; `--json` prints all of it. */
const replySchema = z.looseObject({
  stdout: z.string(),
  stderr: z.string(),
  exit_code: z.int().min(0).max(255),
  status: z.enum(EXECUTION_STATUSES),
  stdout_truncated: z.boolean(),
  stderr_truncated: z.boolean(),
  compile: z.looseObject({ status: z.enum(EXECUTION_STATUSES), stderr: z.string() }).nullish(),
});
export type ExecuteReply = z.infer<typeof replySchema>;

const errorSchema = z.looseObject({ detail: z.string(), code: z.string().optional() });

/** Time for everything around queue, boot and program, in ms. */
const MARGIN_MS = 45_000;

/**
 * Runs a program through the TVM that runs, else in this process, with the same checks and the same reply.
 * @throws TvmError for a request that is refused and for failures of TVM; the reason of an interrupt
 */
export async function executeRequest(
  ctx: CliContext,
  config: Config,
  request: ApiExecuteBody,
): Promise<ExecuteReply> {
  const body = validate(apiExecuteSchema, request);
  const state = inspectDaemon(config.paths.daemonFile);
  const [address] = state.kind === 'living' && state.record.state === 'ready' ? state.record.addresses : [];
  return address === undefined ? executeHere(ctx, config, body) : executeThere(ctx, config, address, body);
}

async function executeThere(
  ctx: CliContext,
  config: Config,
  address: string,
  body: ApiExecuteBody,
): Promise<ExecuteReply> {
  const { queue_timeout_ms: queue, boot_timeout_ms: boot } = config.settings;
  const reply = await callApi(`${address}/api/execute`, {
    body,
    apiKey: config.settings.api_key,
    deadlineMs: queue + boot + compileTimeLimit(body) + timeLimit(body) + MARGIN_MS,
    signal: ctx.interrupt.signal,
  });
  // 408 carries a whole reply, too: the program ran and was stopped. The body itself keeps the order of its fields.
  if (replySchema.safeParse(reply.body).success) return reply.body as ExecuteReply;
  const refused = errorSchema.safeParse(reply.body).data;
  if (!refused) throw failure(`${address} gave an answer that is not TVM's`, { code: 'internal' });
  throw new TvmError(isErrorCode(refused.code) ? refused.code : 'internal', refused.detail);
}

async function executeHere(ctx: CliContext, config: Config, body: ApiExecuteBody): Promise<ExecuteReply> {
  ensureFolders(config.paths);
  const { runOnce } = await ctx.loadEngine();
  await using logs = openLogs({ level: config.settings.log_level, directory: config.paths.logsDir });
  const result = await runOnce(
    config,
    {
      requestId: randomUUID(),
      language: findLanguage(body.language).id,
      languageVersion: body.language_version,
      code: body.code,
      stdin: body.stdin === undefined ? undefined : Buffer.from(body.stdin),
      args: body.args,
      limits: { timeoutMs: body.timeout_ms, memoryMb: body.memory_mb, cpuCount: body.cpu_count },
      defaultTimeoutMs: DEFAULT_LIMITS.timeoutMs,
    },
    { signal: ctx.interrupt.signal, logs },
  );
  const encoding = body.output_encoding ?? 'utf8';
  return apiExecuteReply(result, { encoding, timeLimitMs: timeLimit(body) });
}

function timeLimit(body: ApiExecuteBody): number {
  const { maxTimeoutMs } = findLanguage(body.language).limits;
  return body.timeout_ms ?? Math.min(DEFAULT_LIMITS.timeoutMs, maxTimeoutMs);
}

/** Of the slowest compiler of the language, in ms. */
function compileTimeLimit(body: ApiExecuteBody): number {
  const language = findLanguage(body.language);
  const limits = RUNTIMES.filter((runtime) => runtime.language === language).map(
    ({ commands }) => commands.compile?.limits.timeoutMs ?? 0,
  );
  return Math.max(...limits);
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERROR_CATALOGUE, code);
}
