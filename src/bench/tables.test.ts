import { describe, expect, it } from 'vitest';
import { fakeFigures, fakeReport } from '../../test/doubles/bench-report.ts';
import { describeReport } from './describe.ts';
import { figureRows, goalRows, timeRows } from './tables.ts';

const TABLES = [timeRows, figureRows, goalRows];
/** The longest id of a runtime, and what its numbers may grow to. */
const report = fakeReport({ 'python@3.11': fakeFigures(), 'javascript@20': fakeFigures() });

describe('the tables of a report', () => {
  it.each(TABLES)('are rectangular and not wider than 100 columns', (rowsOf) => {
    const rows = rowsOf(report);
    const [heading = []] = rows;
    for (const row of rows) expect(row).toHaveLength(heading.length);
    const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    expect(widths.reduce((sum, width) => sum + width + 2, -2)).toBeLessThanOrEqual(100);
  });

  it.each(TABLES)('have no name twice', (rowsOf) => {
    const names = rowsOf(report).map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('give quantiles of all series', () => {
    const rows = timeRows(report);
    expect(rows).toContainEqual(['python@3.11 pooled: HTTP request to reply', '1', '60', '60', '60', '60']);
    expect(rows).toContainEqual([
      'pyroshell: request to reply, instant engine',
      ...['1', '0.50', '0.50', '0.50', '0.50'],
    ]);
  });

  it('say of memory how many clones shared pages', () => {
    expect(figureRows(report)).toContainEqual([
      'python@3.11: memory per idle clone: PSS',
      '50.0 MB',
      'median of 4, 4 clones alive',
    ]);
  });

  it('say of each goal what is promised and what is reached', () => {
    const rows = goalRows(report);
    expect(rows).toContainEqual(['python@3.11 executions/s, 8 clients', '8', '>= 5', '>= 10', 'must']);
    expect(rows).toContainEqual([
      'python@3.11 restored / booted, to result, p50',
      ...['0.1', '<= 0.125', '<= 0.0667', 'must'],
    ]);
    expect(rows).toContainEqual(['javascript@20 executions/s, 8 clients', '8', '', '', '']);
  });

  it('leave out what was not measured', () => {
    const { bare: _, idle: _idle, ...rest } = fakeFigures({ executions: {}, memory: {} });
    const { times: _times, ...burst } = rest.burst;
    const poor = fakeReport({ 'python@3.11': { ...rest, burst } });
    const names = TABLES.flatMap((rowsOf) => rowsOf(poor)).map(([name]) => name);
    expect(names.join('\n')).not.toMatch(/undefined|NaN|bubblewrap|memory|booted/);
  });
});

describe('the description of a report', () => {
  it('names host, kernels, monitor, interpreters, method and settings', () => {
    const text = describeReport(report).join('\n');
    for (const part of [
      'AMD EPYC',
      "TVM's own, 6.1.170-tvm",
      'qemu 10.0.13',
      '/usr/bin/python3',
      'v2',
      'pool of 4',
    ])
      expect(text).toContain(part);
  });

  it('warns when the guest kernel is not the one of the goals', () => {
    const guestKernel = { flavour: 'debian', release: '6.1.0' } as const;
    const text = describeReport({ ...report, host: { ...report.host, guestKernel } }).join('\n');
    expect(text).toContain('tvm kernel build');
  });
});
