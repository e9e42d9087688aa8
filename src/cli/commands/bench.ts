import { appendFile, writeFile } from 'node:fs/promises';
import { describeReport } from '../../bench/describe.ts';
import { runBench } from '../../bench/run.ts';
import { figureRows, goalRows, timeRows } from '../../bench/tables.ts';
import { loadConfig } from '../../config/load.ts';
import { messageOf, TvmError } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { BenchInvocation } from '../invocation.ts';

/** `tvm bench`: what this machine does, measured in one run. */
export async function bench(
  { output, interrupt }: CliContext,
  { rounds, runtimes, idleSeconds, report: reportFile, json }: BenchInvocation,
): Promise<number> {
  if (reportFile !== undefined) await checkWritable(reportFile);
  const report = await runBench({
    config: loadConfig(),
    rounds,
    runtimes,
    idleSeconds,
    signal: interrupt.signal,
    progress: (line) => void output.note(line),
  });
  if (reportFile !== undefined) await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  if (json) {
    await output.json(report);
    return EXIT.ok;
  }
  for (const line of describeReport(report)) await output.line(line);
  for (const rows of [timeRows(report), figureRows(report), goalRows(report)]) {
    await output.line();
    await output.table(rows);
  }
  return EXIT.ok;
}

/** Before minutes of work; an older report stays until there is a new one. */
async function checkWritable(file: string): Promise<void> {
  try {
    await appendFile(file, '');
  } catch (cause) {
    throw new TvmError('config_invalid', `--report: ${messageOf(cause)}`, { cause });
  }
}
