import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runtimesPage } from '../../src/cli/runtimes-page.ts';
import { RUNTIME_STATES } from '../../src/images/states.ts';
import { RUNTIMES } from '../../src/runtimes/catalogue.ts';

const page = readFileSync(new URL('../../docs/runtimes.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

it('docs/runtimes.md has exactly the versions of the catalogue, as the command that makes it prints them', () => {
  expect(rows.map(([, id]) => id)).toEqual(RUNTIMES.map(({ id }) => `\`${id}\``));
  for (const [, , , , , state] of rows) expect(RUNTIME_STATES).toContain(state);
  const states = rows.map(([, , source = '', version = '-', size, state, reason = ''], at) => ({
    id: RUNTIMES[at]?.id ?? 'python@none',
    source,
    image: version === '-' ? undefined : { version, sizeBytes: Number.parseFloat(size ?? '') * 1e6 },
    state: state as (typeof RUNTIME_STATES)[number],
    reason: reason.replaceAll('\\|', '|'),
  }));
  expect(runtimesPage(states)).toBe(page);
});

it('the page speaks of Docker Hub where nothing of it could be reached, and only there', () => {
  const hub = { source: 'OCI registry.example.io/library/python:3.8-slim', image: undefined, reason: 'why' };
  const away = { ...hub, id: 'python@3.8', state: 'unreachable' } as const;
  const there = { ...hub, id: 'python@3.10', state: 'installable' } as const;
  const debian = { ...away, id: 'python@3.9', source: 'Debian bullseye' } as const;
  const speaks = [[away], [away, debian], [away, there], [there], [debian], []].map((states) =>
    runtimesPage(states).includes('Docker Hub'),
  );
  expect(speaks).toEqual([true, true, false, false, false, false]);
});

it('an unreachable version has a reason, one that is ready its exact version and size', () => {
  const incomplete = rows.filter(
    ([, , , version, size, state, why]) =>
      (state === 'unreachable' && why === '') || (state === 'ready' && [version, size].includes('-')),
  );
  expect(incomplete).toEqual([]);
});

it('a user’s own runtimes and line breaks stay out of it', () => {
  const state = { state: 'installable', source: 'Debian bookworm', image: undefined } as const;
  const text = runtimesPage([
    { ...state, id: 'python@3.11', reason: 'a | b\nc' },
    { ...state, id: 'python@3.11-mine', reason: undefined },
  ]);
  expect(text.slice(runtimesPage([]).length)).toBe(
    '| `python@3.11` | Debian bookworm | - | - | installable | a \\| b |\n',
  );
});
