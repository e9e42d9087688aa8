import { describe, expect, it } from 'vitest';
import { fakeFigures } from '../../test/doubles/bench-report.ts';
import { goalsOf } from './goals.ts';
import { quantilesOf } from './quantiles.ts';
import type { RuntimeFigures } from './report.ts';

const PYTHON = 'python@3.11';

const find = (name: string, change: Partial<RuntimeFigures> = {}) =>
  goalsOf(PYTHON, fakeFigures(change)).find((goal) => goal.name === name);

describe('goals', () => {
  it('are ratios within one report, or what the machine promises', () => {
    const values = goalsOf(PYTHON, fakeFigures()).map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(values)).toEqual({
      'compile + run, pooled, as reported, ms, p50': 50,
      'pooled HTTP / bubblewrap, p50': 1.5,
      'restored / booted, to result, p50': 0.1,
      'executions/s, 8 clients': 8,
      'CPU s per execution, 8 clients': 0.2,
      'CPU s per execution, pooled, sequential': 0.2,
      'PSS per idle clone, MB': 50,
      'burst of 100: replies lost or not 200': 0,
      'burst of 100: p99 / (100 / executions/s)': 0.96,
    });
  });

  it('that are kept, without the aim beyond, are said to be so', () => {
    expect(goalsOf(PYTHON, fakeFigures()).map(({ reached }) => reached)).toEqual(Array(9).fill('must'));
  });

  it('count what is exactly at the bound', () => {
    const times = (ms: number) => ({ bare: { ...fakeFigures().bare!, times: quantilesOf([ms]) } });
    const name = 'pooled HTTP / bubblewrap, p50';
    expect(find(name, times(60))).toMatchObject({ value: 1, reached: 'aim' });
    expect(find(name, times(30))).toMatchObject({ value: 2, reached: 'must' });
    expect(find(name, times(29))).toMatchObject({ reached: 'no' });
  });

  it.each([
    [4.9, 'no'],
    [5, 'must'],
    [10, 'aim'],
  ])('of %d executions per second are reached: %s, for more is better', (perSecond, reached) => {
    const load = { ...fakeFigures().load, perSecond };
    expect(find('executions/s, 8 clients', { load })).toMatchObject({ reached });
  });

  it('are missed when one reply of a burst is not right', () => {
    const burst = { ...fakeFigures().burst, right: 99 };
    expect(find('burst of 100: replies lost or not 200', { burst })).toMatchObject({
      value: 1,
      reached: 'no',
    });
  });

  it('are left out where they could not be measured', () => {
    const { bare: _, ...rest } = fakeFigures({ executions: {}, memory: {} });
    expect(goalsOf(PYTHON, rest).map(({ name }) => name)).toEqual([
      'executions/s, 8 clients',
      'CPU s per execution, 8 clients',
      'burst of 100: replies lost or not 200',
      'burst of 100: p99 / (100 / executions/s)',
    ]);
  });

  it.each([
    [100, 'aim'],
    [600, 'must'],
    [601, 'no'],
  ])('of a hello world of %d ms in JavaScript are reached: %s', (ms, reached) => {
    const { executions } = fakeFigures();
    const pooled = { ...executions.pooled!, reported: quantilesOf([ms]) };
    const [hello] = goalsOf('javascript@20', fakeFigures({ executions: { pooled } }));
    expect(hello).toMatchObject({ value: ms, reached });
  });

  it('but that of hello world are promised of Python alone; other languages have the ratios', () => {
    const [hello, ...others] = goalsOf('javascript@20', fakeFigures());
    expect(hello).toHaveProperty('must');
    expect(others).toHaveLength(8);
    for (const goal of others) expect(goal).not.toHaveProperty('must');
    for (const goal of others) expect(goal).not.toHaveProperty('reached');
  });
});
