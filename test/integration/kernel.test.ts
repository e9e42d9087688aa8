import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKernel } from '../../src/images/kernel-build.ts';
import { kernelRecipe, lostOptions } from '../../src/images/kernel-config.ts';
import {
  findOwnKernel,
  listOwnKernels,
  ownKernelKey,
  removeOwnKernels,
} from '../../src/images/kernel-own.ts';
import type { OwnKernelRecord } from '../../src/images/kernel-own.ts';
import { cachedKernel } from '../../src/images/kernel.ts';
import { kernelFiles, ownKernelFolder, tvmPaths } from '../../src/sys/paths.ts';
import type { Paths } from '../../src/sys/paths.ts';
import { isolatedConfig, startEngine, temporaryFolder, TESTED_VERSIONS } from '../support/real-host.ts';

const recipe = await kernelRecipe('x64');
if (!recipe) throw new Error('no recipe');

describe('the check of the configuration', () => {
  const fragments = (...texts: string[]) => texts.map((text, i) => ({ name: `${i}.config`, text }));

  it('finds nothing where all is as wanted; what is not mentioned is off', () => {
    const wanted =
      'CONFIG_A=y\n\n# a comment\n# CONFIG_B is not set\nCONFIG_C="x y"\n# CONFIG_D is not set\n';
    expect(
      lostOptions(fragments(wanted), 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x y"\nCONFIG_E=y\n'),
    ).toEqual([]);
  });

  it('names what was dropped, turned on by another option, or has another value', () => {
    const config = '# CONFIG_A is not set\nCONFIG_C=m\nCONFIG_D=64\nCONFIG_E_MORE=y\n';
    const wanted = 'CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\nCONFIG_D=8\nCONFIG_E=y';
    expect(lostOptions(fragments(wanted), config)).toEqual([
      'CONFIG_A: wanted y, is n',
      'CONFIG_B: wanted y, is n',
      'CONFIG_C: wanted n, is m',
      'CONFIG_D: wanted 8, is 64',
      'CONFIG_E: wanted y, is n',
    ]);
  });

  it('lets a later fragment override an earlier one', () => {
    expect(lostOptions(fragments('CONFIG_A=y\n', '# CONFIG_A is not set\n'), '')).toEqual([]);
  });

  it.each(['CONFIG_A = y', 'A=y', '#CONFIG_A is not set', 'CONFIG_A=', '# CONFIG_A=y'])(
    'refuses a line that the kernel would ignore: %s',
    (line) => {
      expect(() => lostOptions(fragments(`CONFIG_B=y\n${line}\n`), 'CONFIG_B=y')).toThrow('0.config:2');
    },
  );

  it.each(['x64', 'arm64'] as const)('can read the fragments for %s', async (architecture) => {
    const { fragments: own = [] } = (await kernelRecipe(architecture)) ?? {};
    expect(own.map(({ name }) => name)[0]).toBe('common.config');
    expect(lostOptions(own, own.map(({ text }) => text).join('\n'))).toEqual([]);
    expect(lostOptions(own, '').length).toBeGreaterThan(50);
  });

  it('knows no recipe for other processors', async () => {
    expect(await kernelRecipe('riscv64')).toBeUndefined();
  });
});

describe('the choice of a kernel', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let paths: Paths;
  beforeAll(async () => {
    folder = await temporaryFolder();
    paths = tvmPaths({ config: folder.path, cache: folder.path, state: folder.path, runtime: folder.path });
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  const place = (record: Partial<OwnKernelRecord> = {}): string => {
    const sourceSha256 = record.sourceSha256 ?? 'aa';
    const key = record.key ?? ownKernelKey(recipe, sourceSha256);
    const target = ownKernelFolder(paths.ownKernelsDir, key);
    const files = kernelFiles(target);
    mkdirSync(target, { recursive: true });
    writeFileSync(files.vmlinux, 'ELF');
    const builtAt = '2026-01-01T00:00:00.000Z';
    const whole = {
      key,
      release: '6.1.1-tvm',
      sourceVersion: '6.1.1',
      sourceSha256,
      sizeBytes: 3,
      builtAt,
      ...record,
    };
    writeFileSync(files.record, JSON.stringify(whole));
    return target;
  };
  const placeDebian = (): void => {
    mkdirSync(paths.kernelDir, { recursive: true });
    writeFileSync(kernelFiles(paths.kernelDir).record, JSON.stringify({ release: '6.1-d', order: ['a.ko'] }));
  };

  it("is nothing, then Debian's, then the own one until it is outdated, damaged or removed", async () => {
    expect(await cachedKernel(paths)).toBeUndefined();
    placeDebian();
    const debian = { flavour: 'debian', folder: paths.kernelDir, release: '6.1-d', order: ['a.ko'] };
    expect(await cachedKernel(paths)).toEqual(debian);

    const own = place();
    expect(await cachedKernel(paths)).toEqual({
      flavour: 'own',
      folder: own,
      release: '6.1.1-tvm',
      order: [],
    });
    writeFileSync(kernelFiles(own).vmlinux, 'truncated');
    expect(await cachedKernel(paths)).toEqual(debian);
    place();
    expect(await cachedKernel(paths)).toMatchObject({ flavour: 'own' });

    await removeOwnKernels(paths);
    place({ key: 'of other fragments' });
    expect(await cachedKernel(paths)).toEqual(debian);
    expect(await listOwnKernels(paths)).toMatchObject([{ current: false, release: '6.1.1-tvm' }]);
    expect(await removeOwnKernels(paths)).toBe(1);
    expect(await removeOwnKernels(paths)).toBe(0);
  });

  it('is the newest of several, at a path of its own', async () => {
    const older = place();
    const newer = place({ sourceSha256: 'bb', builtAt: '2026-02-01T00:00:00.000Z' });
    expect(newer).not.toBe(older);
    expect(await findOwnKernel(paths)).toMatchObject({ folder: newer, sourceSha256: 'bb' });
    // Up to date: nothing is fetched or compiled.
    const signal = new AbortController().signal;
    expect(
      await buildKernel(paths, { force: false, signal, progress: (line) => expect.fail(line) }),
    ).toMatchObject({
      folder: newer,
    });
  });

  it('is not changed by a build that was aborted, which leaves nothing', async () => {
    const before = readdirSync(folder.path, { recursive: true });
    const signal = AbortSignal.abort(new Error('enough'));
    const build = buildKernel(paths, { force: true, signal, progress: () => {} });
    await expect(build).rejects.toThrow('enough');
    expect(readdirSync(folder.path, { recursive: true })).toEqual(before);
  });
});

/** What stock programs and the agent need of a kernel; each line names what is missing. */
const FEATURES = String.raw`
import ctypes, errno, mmap, multiprocessing, os, pty, select, socket, threading
libc = ctypes.CDLL(None, use_errno=True)

def check(name, call):
    try:
        call()
    except Exception as error:
        print(f'{name}: {error}')

def libc_call(function, *args, fine=0):
    if getattr(libc, function)(*args) < 0 and ctypes.get_errno() != fine:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

def pair(family, address):
    with socket.create_server((address, 0), family=family) as server:
        with socket.create_connection(server.getsockname()[:2]) as client:
            server.accept()[0].sendall(b'x')
            assert client.recv(1) == b'x'

def thread():
    done = []
    threads = [threading.Thread(target=done.append, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(done) == 8

check('loopback', lambda: pair(socket.AF_INET, '127.0.0.1'))
check('loopback over IPv6', lambda: pair(socket.AF_INET6, '::1'))
check('unix sockets', socket.socketpair)
check('epoll', select.epoll)
check('memfd', lambda: os.memfd_create('x'))
check('eventfd', lambda: os.eventfd(0))
check('pidfd', lambda: os.pidfd_open(os.getpid()))
check('timerfd', lambda: libc_call('timerfd_create', 1, 0))
check('inotify', lambda: libc_call('inotify_init1', 0))
check('signalfd', lambda: libc_call('signalfd', -1, (ctypes.c_ulong * 16)(), 0))
check('membarrier', lambda: libc_call('syscall', 324, 0, 0, 0))
check('SysV shared memory', lambda: libc_call('shmget', 0, 4096, 0o1600))
check('SysV semaphores', lambda: libc_call('semget', 0, 1, 0o1600))
# The agent lets a program have none.
check('POSIX message queues', lambda: libc_call('mq_open', b'/x', 0o102, 0o600, None, fine=errno.EMFILE))
check('POSIX semaphores', lambda: multiprocessing.Lock())
check('terminals', pty.openpty)
check('threads', thread)
check('madvise', lambda: mmap.mmap(-1, 1 << 16).madvise(mmap.MADV_DONTNEED))
check('processes', lambda: multiprocessing.get_context('fork').Process(target=print).run())
check('maps', lambda: open('/proc/self/smaps').read(1))
print(os.uname().release)
`;

describe('the kernel in the cache', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let embedded: Awaited<ReturnType<typeof startEngine>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    embedded = await startEngine(folder.path);
  });
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('boots, and has what stock programs expect', async () => {
    const kernel = await cachedKernel(isolatedConfig(folder.path).paths);
    if (kernel?.flavour !== 'own') {
      console.warn(
        'only the packaged kernel is tested: no own one is in the cache (tvm kernel build makes it)',
      );
    }
    const result = await embedded.engine.execute(
      {
        requestId: randomUUID(),
        language: 'python',
        languageVersion: TESTED_VERSIONS['python'],
        code: FEATURES,
        limits: { timeoutMs: 60_000, cpuCount: 2 },
      },
      { signal: new AbortController().signal },
    );
    expect(result.stderr.toString()).toBe('');
    expect(result.stdout.toString().trim().split('\n').filter(Boolean)).toEqual([kernel?.release]);
  });
});
