import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one line for CI to read: `N passed, N failed`, and `, N skipped` where tests were skipped. Before it, a line
 * for each test that passed when it was tried again.
 */
// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter by its default export
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors: failures } = test.result();
        counts[state] += 1;
        if (test.diagnostic()?.flaky) {
          const reason = failures?.[0]?.message.split('\n', 1)[0] ?? 'no reason';
          process.stdout.write(
            `tried again: ${module.moduleId.replace(/.*\/test\//, 'test/')} > ${test.fullName}: ${reason}\n`,
          );
        }
      }
      // A file that cannot even be loaded has no tests that could fail.
      if (module.errors().length > 0) counts.failed += 1;
    }
    const failed = counts.failed + counts.pending + errors.length;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    process.stdout.write(`${counts.passed} passed, ${failed} failed${skipped}\n`);
  }
}
