import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { reportLine } from '../report.ts';
import type { TestMessage } from '../report.ts';

/** Longest quotation of what went wrong, in characters. */
const MESSAGE_LENGTH = 2000;

/** Tells the host of each test as it ends, through the serial port of reports. */
// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter by its default export
export default class PortReporter implements Reporter {
  readonly #port = process.env['NESTED_REPORT'] ?? '/dev/stderr';
  readonly #nonce = process.env['NESTED_NONCE'] ?? 'none';

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    const ms = Math.round(test.diagnostic()?.duration ?? 0);
    this.#tell(test.fullName, state === 'pending' ? 'failed' : state, ms, errors);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    for (const module of modules) {
      const faults = module.errors();
      if (faults.length > 0) this.#tell(`${module.relativeModuleId} loads`, 'failed', 0, faults);
    }
    if (errors.length > 0) this.#tell('no error outside of tests', 'failed', 0, errors);
  }

  #tell(
    name: string,
    state: TestMessage['state'],
    ms: number,
    errors: readonly { readonly message: string }[] = [],
  ): void {
    const message = errors.map((error) => error.message).join('\n');
    const quoted = message === '' ? {} : { message: message.slice(0, MESSAGE_LENGTH) };
    appendFileSync(this.#port, reportLine(this.#nonce, { kind: 'test', name, state, ms, ...quoted }));
  }
}
