import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashKey, makeKey } from '../pyroshell/access/api-key.ts';
import { logFile } from '../sys/paths.ts';
import { inspectDaemon } from './daemon.ts';
import { makeSandbox } from './fixtures/sandbox.ts';
import type { Sandbox } from './fixtures/sandbox.ts';

// Real processes of the built command line in dist/.

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(async () => box[Symbol.asyncDispose]());

const real = { real: true };
const WORDS = 'anyone-who-reaches-the-port-may-run-code';

describe('tvm keys', () => {
  test('adds, lists and revokes; the key is on stdout alone, and only its hash is kept', async () => {
    expect((await box.tvm(['keys', 'list'], real)).stdout).toBe('There are no keys, and none is needed.\n');
    const added = await box.tvm(['keys', 'add', 'ci'], real);
    expect(added).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^tvm_[0-9a-f]{64}\n$/) as string,
    });
    expect(added.stderr).toContain('the only time that the key is shown');
    const key = added.stdout.trim();
    const kept = readFileSync(box.paths.keysFile, 'utf8');
    expect(kept).not.toContain(key.slice(4));
    expect(kept).toContain(hashKey(key));
    expect(statSync(box.paths.keysFile).mode & 0o777).toBe(0o600);

    await box.tvm(['keys', 'add', 'web'], real);
    const listed = JSON.parse((await box.tvm(['keys', 'list', '--json'], real)).stdout) as object;
    expect(listed).toEqual({
      required: true,
      keys: ['ci', 'web'].map((name) => ({
        name,
        created_at: expect.stringMatching(/^2\d{3}-.*Z$/) as string,
      })),
    });
    const table = (await box.tvm(['keys', 'list'], real)).stdout;
    expect(table).toMatch(/^NAME +CREATED\nci +2.*\nweb +2.*\n$/);
    expect(await box.tvm(['keys', 'revoke', 'ci'], real)).toMatchObject({
      status: 0,
      stdout: 'revoked ci\n',
      stderr: '',
    });
    const last = await box.tvm(['keys', 'revoke', 'web'], real);
    expect(last.stderr).toContain('TVM refuses every request until');
    expect((await box.tvm(['keys', 'list'], real)).stdout).toBe(
      'No key is left: TVM refuses every request.\n',
    );
  });

  test('of several at the same time none is lost', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(names.map(async (name) => box.tvm(['keys', 'add', name], real)));
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    const { keys } = JSON.parse(readFileSync(box.paths.keysFile, 'utf8')) as {
      keys: { name: string; sha256: string }[];
    };
    expect(keys.map(({ name }) => name).toSorted()).toEqual(names);
    for (const [at, { stdout }] of all.entries()) {
      expect(keys.find(({ name }) => name === names[at])?.sha256).toBe(hashKey(stdout.trim()));
    }
  });

  test('refuses what is no name, a name twice, and a name that is not there', async () => {
    await box.tvm(['keys', 'add', 'ci'], real);
    const before = readFileSync(box.paths.keysFile, 'utf8');
    for (const [args, reason] of [
      [['add', '../x'], 'a name has 1 to 64 of'],
      [['add', ''], 'a name has 1 to 64 of'],
      [['add', 'ci'], 'there is a key named ci already'],
      [['revoke', 'web'], 'there is no key named web'],
    ] as const) {
      const ended = await box.tvm(['keys', ...args], real);
      expect(ended).toMatchObject({ status: 2, stdout: '' });
      expect(ended.stderr).toContain(reason);
    }
    expect(readFileSync(box.paths.keysFile, 'utf8')).toBe(before);
  });
});

describe('tvm start', () => {
  test.each([
    ['0.0.0.0', []],
    ['0.0.0.0', ['--foreground']],
    ['::', ['--foreground']],
  ])('on %s without a key is refused, and both remedies are named (%j)', async (host, flags) => {
    const ended = await box.tvm(['start', '--host', host, ...flags], real);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(`host: ${host} lets other machines in, and there is no API key`);
    expect(ended.stderr).toContain('`tvm keys add NAME`');
    expect(ended.stderr).toContain(`TVM_ALLOW_UNAUTHENTICATED=${WORDS}`);
    expect(existsSync(box.paths.daemonFile)).toBe(false);
  });

  test('beyond loopback is refused with no key left, too', async () => {
    await box.tvm(['keys', 'add', 'ci'], real);
    await box.tvm(['keys', 'revoke', 'ci'], real);
    expect(await box.tvm(['start', '--foreground', '--host', '0.0.0.0'], real)).toMatchObject({ status: 2 });
  });

  test('with a damaged file of keys is refused, also on loopback', async () => {
    await box.tvm(['keys', 'add', 'ci'], real);
    writeFileSync(box.paths.keysFile, readFileSync(box.paths.keysFile).subarray(0, 40));
    for (const flags of [[], ['--foreground']]) {
      const ended = await box.tvm(['start', ...flags], real);
      expect(ended.status).toBe(2);
      expect(ended.stderr).toContain(
        `the file of API keys cannot be used: ${box.paths.keysFile}: it is no JSON`,
      );
    }
    expect(readFileSync(logFile(box.paths.logsDir, 'tvm'), 'utf8')).toContain('start failed');
  });
});

describe('the command line of a TVM that needs a key', () => {
  const key = makeKey();
  const program = (): string => {
    const file = join(box.home, 'x.py');
    writeFileSync(file, JSON.stringify({ stdout: Buffer.from('it ran\n').toString('base64') }));
    return file;
  };

  /** A TVM around an engine that runs nothing. */
  async function serve(environment: Readonly<Record<string, string>>): Promise<void> {
    box.begin(['start', '--foreground'], { environment });
    await expect
      .poll(() => inspectDaemon(box.paths.daemonFile))
      .toMatchObject({ record: { state: 'ready' } });
  }

  test('sends the one of TVM_API_KEY, and never shows it', async () => {
    const environment = { FAKE_KEY: key, TVM_API_KEY: key };
    await serve(environment);
    expect(await box.tvm(['run', program()], { environment })).toMatchObject({
      status: 0,
      stdout: 'it ran\n',
    });
    const status = await box.tvm(['status'], { environment });
    expect(status).toMatchObject({ status: 0, stdout: expect.stringContaining('7 executions') as string });
    const json = await box.tvm(['status', '--json'], { environment });
    const logs = readFileSync(logFile(box.paths.logsDir, 'tvm'), 'utf8');
    for (const text of [status.stdout, json.stdout, logs]) expect(text).not.toContain(key.slice(4));
  });

  test('says so where there is none', async () => {
    await serve({ FAKE_KEY: key });
    const ran = await box.tvm(['run', program()]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^tvm: no key, no code\nSend a valid API key; .* TVM_API_KEY/);
    const status = await box.tvm(['status']);
    expect(status).toMatchObject({ status: 0, stderr: '' });
    expect(status.stdout).toMatch(/tvm +healthy +more is told to who has an API key \(TVM_API_KEY\)\n$/);
  });

  test('takes the key as no flag', async () => {
    expect((await box.tvm(['start', '--api-key', key], real)).stderr).toContain("unknown option '--api-key'");
  });
});
