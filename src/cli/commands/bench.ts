import { reportRows } from '../../bench/report.ts';
import { runBench } from '../../bench/run.ts';
import { loadConfig } from '../../config/load.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

/** `tvm bench`: what this machine does, measured in one run. */
export async function bench(
  { output, interrupt }: CliContext,
  { rounds, json }: { readonly rounds: number; readonly json: boolean },
): Promise<number> {
  const report = await runBench({
    config: loadConfig(),
    rounds,
    signal: interrupt.signal,
    progress: (line) => void output.note(line),
  });
  if (json) {
    await output.json(report);
    return EXIT.ok;
  }
  const { host } = report;
  await output.line(`TVM ${report.tvmVersion}, ${report.date}`);
  await output.line(`${host.cpus} × ${host.cpu}, ${host.memoryGib} GiB, Linux ${host.kernel}, ${host.vmm}`);
  await output.table(reportRows(report));
  return EXIT.ok;
}
