import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line for CI to read: `N passed, N failed`, and `, N skipped` where tests were skipped. */
// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter by its default export
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
      // A file that cannot even be loaded has no tests that could fail.
      if (module.errors().length > 0) counts.failed += 1;
    }
    const failed = counts.failed + counts.pending + errors.length;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    process.stdout.write(`${counts.passed} passed, ${failed} failed${skipped}\n`);
  }
}
