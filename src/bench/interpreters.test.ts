import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { hostInterpreter } from './interpreters.ts';

const { signal } = new AbortController();

it.each([
  ['python', !existsSync('/usr/bin/python3')],
  ['javascript', false],
])('the interpreter of %s is a program, not a script in front of it', async (language, isMissing) => {
  if (isMissing) return;
  const interpreter = await hostInterpreter(language, signal);
  expect(interpreter?.version).toMatch(/\d+\.\d+/);
  await using file = await open(interpreter?.path ?? '');
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  expect(buffer.toString('latin1')).toBe('\u007fELF');
});

it('there is none for a language that is not measured', async () => {
  expect(await hostInterpreter('cobol', signal)).toBeUndefined();
});
