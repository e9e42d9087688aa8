import { loadConfig } from '../../config/load.ts';
import { REQUEST_LIMITS } from '../../pyroshell/contract.ts';
import type { ApiExecuteBody } from '../../pyroshell/contract.ts';
import { languageOfFile } from '../../runtimes/catalogue.ts';
import type { RunInvocation } from '../invocation.ts';
import type { CliContext } from '../context.ts';
import { executeRequest } from '../execute-request.ts';
import type { ExecuteReply } from '../execute-request.ts';
import { EXIT } from '../exit-codes.ts';
import { failure } from '../failure.ts';
import { readText } from '../read-input.ts';

/** What the user is told beside the program's own words. */
const NOTES: Readonly<Partial<Record<ExecuteReply['status'], string>>> = {
  timeout: 'the program exceeded its time limit (--timeout-ms) and was killed',
  out_of_memory: 'the program ran out of memory (--memory-mb) and was killed',
  output_limit: 'the program wrote more than the output limit allows and was killed',
};

const COMPILER_NOTES: typeof NOTES = {
  timeout: 'the compiler exceeded its time limit and was killed',
  out_of_memory: 'the compiler ran out of memory and was killed',
  output_limit: 'the compiler wrote more than the output limit allows and was killed',
};

/** `tvm run`: prints what the program prints, byte for byte, and returns its exit code. */
export async function run(ctx: CliContext, options: RunInvocation): Promise<number> {
  const { output } = ctx;
  const config = loadConfig({ flags: options.flags });
  const request = await readRequest(options, ctx.interrupt.signal);
  const reply = await executeRequest(ctx, config, request);
  if (options.json) {
    await output.json(reply);
  } else {
    // Warnings; what a compiler said when it failed is in the program's place.
    if (reply.compile?.status === 'ok' && reply.status !== 'compile_error') {
      await output.writeError(Buffer.from(reply.compile.stderr, 'base64'));
    }
    await output.write(Buffer.from(reply.stdout, 'base64'));
    await output.writeError(Buffer.from(reply.stderr, 'base64'));
    const note = noteOn(reply);
    if (note !== undefined) await output.note(note);
    else if (reply.stdout_truncated || reply.stderr_truncated)
      await output.note('the output was cut at its limit');
  }
  return reply.status === 'timeout' ? EXIT.timeout : reply.exit_code;
}

function noteOn({ status, compile }: ExecuteReply): string | undefined {
  return status === 'compile_error' && compile ? COMPILER_NOTES[compile.status] : NOTES[status];
}

async function readRequest(options: RunInvocation, signal: AbortSignal): Promise<ApiExecuteBody> {
  const { file, stdin } = options;
  if (file === '-' && stdin === '-') {
    throw usage('standard input cannot be both the program and its input', 'Give one of them as a file.');
  }
  const language = options.language ?? languageOfFile(file)?.id;
  if (language === undefined) {
    throw usage(
      `the language of ${file === '-' ? 'standard input' : file} is unknown`,
      'Name it with --language.',
    );
  }
  const code = await readText(file, { what: 'code', maxBytes: REQUEST_LIMITS.code_bytes, signal });
  const input =
    stdin === undefined
      ? undefined
      : await readText(stdin, { what: 'stdin', maxBytes: REQUEST_LIMITS.stdin_bytes, signal });
  return {
    code,
    language,
    language_version: options.version,
    timeout_ms: options.timeoutMs,
    memory_mb: options.memoryMb,
    cpu_count: options.cpuCount,
    stdin: input,
    args: [...options.args],
    // Base64 keeps bytes exact that are no text; as JSON the user reads text.
    output_encoding: options.json ? 'utf8' : 'base64',
  };
}

function usage(message: string, remedy: string) {
  return failure(message, { code: 'invalid_request', remedy });
}
