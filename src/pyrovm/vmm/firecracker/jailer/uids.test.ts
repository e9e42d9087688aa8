import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserIds } from './uids.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-uids-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ids = (owner: string, last = 3001): UserIds => new UserIds({ first: 3000, last, folder, owner });

it('two TVM processes never have the same', async () => {
  const [one, other] = [ids('a', 3003), ids('b', 3003)];
  const taken = [await one.take(), await other.take(), await one.take(), await other.take()];
  expect(new Set(taken)).toEqual(new Set([3000, 3001, 3002, 3003]));
});

it('one that was given back is taken again, the others first', async () => {
  const uids = ids('a', 3002);
  expect(await uids.take()).toBe(3000);
  await uids.giveBack(3000);
  expect([await uids.take(), await uids.take(), await uids.take()]).toEqual([3001, 3002, 3000]);
});

it('when all are in use it says what to do', async () => {
  const uids = ids('a');
  await uids.take();
  await uids.take();
  await expect(uids.take()).rejects.toMatchObject({
    code: 'host_unready',
    message: 'all 2 user ids for microVMs are in use; set jailer_uids to a wider range than 3000-3001',
  });
});
