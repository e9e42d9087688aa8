import { expect, it } from 'vitest';
import { nestedVerdicts } from './verdicts.ts';

const startedAt = performance.now();
const verdicts = await nestedVerdicts((line) => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4);
  process.stdout.write(`nested ${seconds} s ${line}\n`);
});

for (const { name, state, message } of verdicts) {
  if (state === 'skipped') process.stderr.write(`${name} is not tested here: ${message}\n`);
}

// What ran in the machine appears here by its name, so that this run counts it.
it.for(verdicts)('$name', ({ state, message }, { skip }) => {
  skip(state === 'skipped', message);
  expect({ state, message }).toEqual({ state: 'passed' });
});
