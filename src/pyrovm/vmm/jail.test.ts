import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { processesWithArgument } from '../../../test/support/processes.ts';
import { runTool } from '../../sys/process.ts';
import { GATE_GO, GATE_READY, makeJail } from './jail.ts';
import type { JailKind, JailOptions } from './jail.ts';

const root = process.getuid?.() === 0;

/** As root, each jail is also tried by a user without privileges, who is no user of this system. */
const AS_USER = ['setpriv', '--reuid', '54321', '--regid', '54321', '--clear-groups'];

interface Case {
  readonly kind: JailKind;
  readonly by: string;
  readonly root: boolean;
  readonly prefix: readonly string[];
}

const CASES: readonly Case[] = (['bubblewrap', 'setpriv'] as const)
  .flatMap((kind): Case[] => [
    ...(root ? [{ kind, by: 'root', root, prefix: [] }] : []),
    { kind, by: 'a user', root: false, prefix: root ? AS_USER : [] },
  ])
  .filter(({ kind, root, prefix }) => {
    const [command = '', ...args] = [...prefix, ...makeJail(kind, { files: {}, root }).wrap(['true'])];
    return spawnSync(command, args, { input: GATE_GO }).status === 0;
  });

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-jail-'));
  file = join(folder, 'kernel');
  writeFileSync(file, 'content of the file');
  // So that nothing but the jail keeps anybody from writing to it.
  chmodSync(folder, 0o777);
  chmodSync(file, 0o666);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a shell script in a jail and returns what it says once the gate is open. */
async function run(
  { kind, root, prefix }: Case,
  script: (pathOf: (name: string) => string) => string,
  files: JailOptions['files'] = {},
): Promise<string> {
  const jail = makeJail(kind, { files, root });
  const [command = '', ...args] = [
    ...prefix,
    ...jail.wrap(['sh', '-c', script((name) => jail.pathOf(name))]),
  ];
  const said = await runTool([command, ...args], { input: GATE_GO });
  expect(said.slice(0, GATE_READY.length)).toBe(GATE_READY);
  return said.slice(GATE_READY.length);
}

/**
 * Starts a jail by a Node process, its owner, that opens the gate as the driver does. `witness` is the jail's stderr: it
 * ends when nobody is left who holds it.
 */
function startOwner({ kind, root, prefix }: Case, jailed: readonly string[]) {
  const argv = [...prefix, ...makeJail(kind, { files: {}, root }).wrap(jailed)];
  const script = `
    const [command, ...args] = ${JSON.stringify(argv)};
    const child = require('node:child_process').spawn(command, args, { stdio: ['pipe', 'pipe', 3] });
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdin.write(${JSON.stringify(GATE_GO)}));
    require('node:fs').writeSync(1, 'spawned');
  `;
  const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const witness = owner.stdio[3] as Readable;
  return { owner, spawned: once(owner.stdout as Readable, 'data'), witness };
}

/** The fields of /proc/self/status as the jailed process has them; the jail is shown the host's /proc for that. */
async function status(jailed: Case): Promise<Map<string, string>> {
  const text = await run(jailed, (pathOf) => `cat ${pathOf('proc')}/self/status`, { proc: '/proc' });
  return new Map(text.split('\n').map((line) => line.split(':\t', 2) as [string, string]));
}

it('at least one jail works on this machine', () => {
  expect(CASES.length).toBeGreaterThan(0);
});

describe.each(CASES)('in $kind, made by $by, a process', (jailed) => {
  it('is not root, has no groups and no capabilities, and cannot get any', async () => {
    const fields = await status(jailed);
    const ids = [...(fields.get('Uid') ?? '').split('\t'), ...(fields.get('Gid') ?? '').split('\t')];
    expect(ids).toHaveLength(8);
    expect(new Set(ids).size).toBe(1);
    expect(ids).not.toContain('0');
    if (root) expect(fields.get('Groups')?.trim()).toBe('');
    expect(fields.get('NoNewPrivs')).toBe('1');
    const none = '0000000000000000';
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      expect([set, fields.get(set)]).toEqual([set, none]);
    // Only root can give the bounding set up; for a user it is without effect, for no program may give privileges.
    if (jailed.root) expect(fields.get('CapBnd')).toBe(none);
  });

  it('can read a file that it was given, under the path that it was told', async () => {
    const text = await run(jailed, (pathOf) => `cat ${pathOf('kernel')}`, { kernel: file });
    expect(text).toBe('content of the file');
  });

  it('has the exit code of its command', async () => {
    await expect(run(jailed, () => 'exit 7')).rejects.toThrow('ended with code 7');
  });

  it('waits at the gate until it is told to go, and then has the rest of its stdin', async () => {
    const { kind, root, prefix } = jailed;
    const [command = '', ...args] = [...prefix, ...makeJail(kind, { files: {}, root }).wrap(['cat'])];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await expect.poll(() => said).toBe(GATE_READY);
    await sleep(50);
    expect([said, child.exitCode]).toEqual([GATE_READY, null]);
    child.stdin.end(`${GATE_GO}what comes after\n`);
    await once(child, 'close');
    expect([said, child.exitCode]).toEqual([`${GATE_READY}what comes after\n`, 0]);
  });

  it('does not run its command when the gate is not opened', async () => {
    const { kind, root, prefix } = jailed;
    const [command = '', ...args] = [
      ...prefix,
      ...makeJail(kind, { files: {}, root }).wrap(['sh', '-c', 'echo it runs']),
    ];
    const { stdout, status } = spawnSync(command, args, { input: '', encoding: 'utf8' });
    expect(stdout).toBe(GATE_READY);
    expect(status).not.toBe(0);
  });

  it('dies with the process that made it, even if that is killed', async () => {
    const { owner, witness } = startOwner(jailed, ['sh', '-c', 'echo runs >&2; exec sleep 300']);
    const ended = once(witness, 'end');
    const [said] = (await once(witness, 'data')) as [Buffer];
    expect(said.toString()).toBe('runs\n');
    owner.kill('SIGKILL');
    await ended;
  });

  it.each([0, 2, 5, 10, 20, 40])(
    'is gone with all of its jail when its owner is killed %i ms after the start',
    async (ms) => {
      for (let attempt = 0; attempt < 4; attempt++) {
        const mark = `tvm-${randomUUID()}`;
        const { owner, spawned, witness } = startOwner(jailed, ['sh', '-c', 'exec sleep 300', mark]);
        witness.resume();
        await spawned;
        if (ms > 0) await sleep(ms);
        owner.kill('SIGKILL');
        await expect
          .poll(() => [processesWithArgument(mark), witness.readableEnded], { interval: 20 })
          .toEqual([[], true]);
      }
    },
  );
});

describe.each(CASES.filter(({ kind }) => kind === 'bubblewrap'))(
  'in $kind, made by $by, a process',
  (jailed) => {
    it('sees system libraries, devices and its files, and nothing of the host’s homes, work or processes', async () => {
      const names = (await run(jailed, () => 'ls -A /')).trim().split('\n');
      for (const name of names) expect(['dev', 'etc', 'lib', 'lib64', 'usr', 'vm']).toContain(name);
      for (const path of ['/home', '/root', '/work', '/tmp', '/proc', '/sys', '/run', '/var', folder]) {
        expect(await run(jailed, () => `test -e ${path} && echo seen || echo unseen`)).toBe('unseen\n');
      }
    });

    it('has no environment but PATH', async () => {
      const names = (await run(jailed, () => 'env')).trim().split('\n');
      expect(names.map((line) => line.split('=')[0] ?? '').toSorted()).toEqual(['PATH', 'PWD']);
    });

    it('cannot write to a file that it was given, nor beside it', async () => {
      const script = (pathOf: (name: string) => string): string =>
        [
          `echo x >${pathOf('kernel')}`,
          `echo x >>${pathOf('kernel')}`,
          `touch ${pathOf('kernel')}2`,
          `rm ${pathOf('kernel')}`,
        ]
          .map((command) => `(${command}) 2>/dev/null && echo written`)
          .concat('true')
          .join('\n');
      expect(await run(jailed, script, { kernel: file })).toBe('');
      expect(readFileSync(file, 'utf8')).toBe('content of the file');
    });

    it('finds no folder in which it can make a file', async () => {
      // The first look spares tens of thousands of attempts; the folder of terminals passes it and yet takes no file.
      const script = `
      find / -type d -writable 2>/dev/null | while read -r folder; do
        (: >"$folder/.tvm-test") 2>/dev/null && echo "$folder"
      done
      true`;
      expect(await run(jailed, () => script)).toBe('');
    });

    it('has no network but its own loopback', async () => {
      const table = await run(jailed, (pathOf) => `cat ${pathOf('proc')}/self/net/dev`, { proc: '/proc' });
      const interfaces = table
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.split(':')[0]?.trim());
      expect(interfaces).toEqual(['lo']);
    });

    it('is in namespaces of its own', async () => {
      const kinds = ['pid', 'net', 'ipc', 'uts', 'mnt'];
      const script = (proc: string): string =>
        `for kind in ${kinds.join(' ')}; do readlink ${proc}/self/ns/$kind; done`;
      const inside = await run(jailed, (pathOf) => script(pathOf('proc')), { proc: '/proc' });
      const outside = await runTool(['sh', '-c', script('/proc')]);
      const [mine, host] = [inside.trim().split('\n'), outside.trim().split('\n')];
      expect(mine).toHaveLength(kinds.length);
      for (const [index, namespace] of mine.entries()) expect(namespace).not.toBe(host[index]);
    });
  },
);

describe.each(CASES)('in $kind, made by $by, a process with a working folder', (jailed) => {
  it('can fill it, and stays in it without a way to it', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'tvm-jail-'));
    onTestFinished(() => rmSync(parent, { recursive: true }));
    const own = join(parent, 'own');
    mkdirSync(own);
    chmodSync(own, 0o777);
    // The one that makes the jail is let through, the one inside it is not.
    if (jailed.prefix.length === 0) chmodSync(parent, 0o700);
    else chmodSync(parent, 0o755);
    const jail = makeJail(jailed.kind, { files: {}, root: jailed.root, folder: own });
    const [command = '', ...args] = [...jailed.prefix, ...jail.wrap(['sh', '-c', 'echo content > file; ls'])];
    expect(await runTool([command, ...args], { input: GATE_GO })).toBe(`${GATE_READY}file\n`);
    expect(readFileSync(join(own, 'file'), 'utf8')).toBe('content\n');
  });
});

describe('the command line of a jail', () => {
  it('gives KVM by its device and the group that may open it', () => {
    const kvm = { device: '/run/tvm/kvm', groupId: 108 };
    const bubblewrap = makeJail('bubblewrap', { files: {}, root: true, kvm }).wrap(['qemu']).join(' ');
    expect(bubblewrap).toContain('--dev-bind /run/tvm/kvm /dev/kvm');
    expect(bubblewrap).toContain('--groups 108');
    expect(makeJail('setpriv', { files: {}, root: true, kvm }).wrap(['qemu']).join(' ')).toContain(
      '--groups 108',
    );
    for (const kind of ['bubblewrap', 'setpriv'] as const) {
      expect(makeJail(kind, { files: {}, root: true }).wrap(['qemu']).join(' ')).not.toMatch(/kvm|--groups/);
    }
  });

  it('ends with the gate and the command as it is', () => {
    const command = ['qemu', '--', 'a b', ''];
    for (const kind of ['bubblewrap', 'setpriv'] as const) {
      for (const root of [true, false]) {
        const words = makeJail(kind, { files: {}, root }).wrap(command);
        expect(words.slice(-command.length)).toEqual(command);
        expect(words.slice(-command.length - 5, -command.length)).toEqual([
          '--',
          'sh',
          '-c',
          'echo ready && read -r word && exec "$@"',
          'sh',
        ]);
      }
    }
  });

  it('shows files for writing only where it is told to', () => {
    const files = { files: { kernel: '/k' }, writableFiles: { memory: '/m' }, root: true };
    const bubblewrap = makeJail('bubblewrap', files);
    const line = bubblewrap.wrap(['qemu']).join(' ');
    expect(line).toContain('--ro-bind /k /vm/kernel');
    expect(line).toContain('--bind /m /vm/memory');
    expect(line).not.toMatch(/--bind \/k|--ro-bind \/m/);
    expect(bubblewrap.pathOf('memory')).toBe('/vm/memory');
    expect(makeJail('setpriv', files).pathOf('memory')).toBe('/m');
  });

  it('names its working folder to nobody who could see where it is', () => {
    const options = { files: {}, folder: '/a/b', root: true };
    const bubblewrap = makeJail('bubblewrap', options).wrap(['x']).join(' ');
    expect(bubblewrap).toContain('--bind /a/b /run --remount-ro /dev --remount-ro / --chdir /run --');
    // Before the change of user, who might not be let through to it.
    expect(makeJail('setpriv', options).wrap(['x']).slice(0, 3)).toEqual(['env', '--chdir=/a/b', 'setpriv']);
  });

  it('knows no file that it was not given', () => {
    const jail = makeJail('setpriv', { files: { kernel: '/k' }, root: true });
    expect(jail.pathOf('kernel')).toBe('/k');
    expect(() => jail.pathOf('rootfs')).toThrow('no file rootfs in the jail');
    expect(makeJail('bubblewrap', { files: { kernel: '/k' }, root: true }).pathOf('kernel')).toBe(
      '/vm/kernel',
    );
  });
});
