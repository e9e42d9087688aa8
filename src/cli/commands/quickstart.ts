import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/load.ts';
import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import { callApi } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { inspectDaemon } from '../daemon.ts';
import { EXIT } from '../exit-codes.ts';
import { readHealth } from '../health.ts';
import { launch } from '../launch.ts';
import { settingArguments } from '../setting-options.ts';
import type { SettingFlags } from '../setting-options.ts';
import { DEFAULT_RUNTIMES, ensureImages } from './images.ts';
import { sayRunning } from './start.ts';

interface Sample {
  readonly language: string;
  readonly version: string;
  readonly code: string;
  readonly stdout: string;
}

const SAMPLES: readonly Sample[] = [
  { language: 'python', version: '3.11', code: 'print("Hello, World!")', stdout: 'Hello, World!\n' },
  {
    language: 'javascript',
    version: '20',
    code: 'console.log("Hello from JavaScript!");',
    stdout: 'Hello from JavaScript!\n',
  },
];

/** Longest wait for a reply, in ms: a cold boot under emulation on a busy machine included. */
const DEADLINE_MS = 120_000;

/** `tvm quickstart`: from nothing to two programs that ran, each in its own microVM; leaves TVM running. */
export async function quickstart(
  ctx: CliContext,
  { flags }: { readonly flags: SettingFlags },
): Promise<number> {
  const { output } = ctx;
  const began = performance.now();
  const config = loadConfig({ flags });
  await output.note('checking the images');
  await ensureImages(ctx, config, DEFAULT_RUNTIMES.map(parseRuntimeId));
  await output.note('starting TVM');
  const running = await launch(ctx, config, settingArguments(flags));
  const [address = ''] = running.addresses;

  let wrong = 0;
  for (const sample of SAMPLES) {
    if (!(await tryOut(ctx, config, address, sample))) wrong += 1;
  }
  await output.line();
  await sayRunning(ctx, running);
  await output.line('Next: tvm status, tvm logs --follow, tvm stop');
  await sayIsolation(ctx, config);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  await output.line(
    `${SAMPLES.length - wrong} of ${SAMPLES.length} replies are right; ${seconds} s in total`,
  );
  return wrong === 0 ? EXIT.ok : EXIT.failure;
}

/** Sends one program, prints request, reply and time; returns whether the reply is right. */
async function tryOut(ctx: CliContext, config: Config, address: string, sample: Sample): Promise<boolean> {
  const { output } = ctx;
  const body = { code: sample.code, language: sample.language, language_version: sample.version };
  const url = `${address}/api/execute`;
  await output.line();
  await output.line(output.paint('bold', `$ ${curlCommand(url, body)}`));
  const reply = await callApi(url, {
    body,
    apiKey: config.settings.api_key,
    deadlineMs: DEADLINE_MS,
    signal: ctx.interrupt.signal,
  });
  await output.json(reply.body);
  await output.line(
    output.paint('dim', `HTTP ${reply.status}, ${reply.elapsedMs.toFixed(0)} ms seen by the client`),
  );
  const { stdout, exit_code: exitCode } = (reply.body ?? {}) as Record<string, unknown>;
  const right = reply.status === 200 && stdout === sample.stdout && exitCode === 0;
  if (!right) await output.note(`that is not the expected reply for ${sample.language}`);
  return right;
}

function curlCommand(url: string, body: unknown): string {
  const quoted = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return `curl -X POST ${url} -H 'Content-Type: application/json' -d '${quoted}'`;
}

async function sayIsolation(ctx: CliContext, config: Config): Promise<void> {
  const state = inspectDaemon(config.paths.daemonFile);
  if (state.kind !== 'living') return;
  const health = await readHealth(state.record, config.settings.api_key, ctx.interrupt.signal);
  if ('health' in health && health.health.isolation === 'emulated') {
    await ctx.output.line(
      'This machine emulates the microVMs (no usable KVM): slower, and the jail is the wall. `tvm doctor` says more.',
    );
  }
}
