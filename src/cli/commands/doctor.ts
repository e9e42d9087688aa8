import { loadConfig } from '../../config/load.ts';
import { diagnose, repair } from '../../doctor.ts';
import type { Finding } from '../../doctor.ts';
import type { CliContext } from '../context.ts';
import { escapeControls } from '../escape.ts';
import { EXIT } from '../exit-codes.ts';
import type { Cell, Colour } from '../output.ts';

const COLOURS: Readonly<Record<Finding['state'], Colour>> = { ok: 'green', warn: 'yellow', fail: 'red' };

/**
 * `tvm doctor`: fails when something keeps TVM from running code. With `fix` it first gets what the machine lacks, and
 * fails at once when that cannot be had.
 */
export async function doctor(
  ctx: CliContext,
  { json, fix = false }: { readonly json: boolean; readonly fix?: boolean },
): Promise<number> {
  const { output } = ctx;
  const { signal } = ctx.interrupt;
  const config = loadConfig();
  const repaired = fix ? await repair(config, { signal, progress: (line) => void output.note(line) }) : [];
  const findings = [...repaired, ...(await Promise.race([diagnose(config), abortOf(signal)]))];
  if (json) {
    await output.json(findings);
  } else {
    const rows = findings.map(({ check, state, detail }): Cell[] => [
      check,
      { text: state, colour: COLOURS[state] },
      detail,
    ]);
    await output.table([['CHECK', 'STATE', 'DETAIL'], ...rows]);
    const remedies = findings.filter((finding) => finding.remedy);
    if (remedies.length > 0) await output.line('\nWhat would improve it:');
    for (const { check, remedy = '' } of remedies) await output.line(`  ${check}: ${escapeControls(remedy)}`);
  }
  return findings.some((finding) => finding.state === 'fail') ? EXIT.failure : EXIT.ok;
}

/** The probe guests of an interrupted diagnosis die with this process. */
async function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
}
