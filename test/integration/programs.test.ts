import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionInput, ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import { qemuName } from '../../src/pyrovm/vmm/qemu/arguments.ts';
import { processesWithArgument } from '../support/processes.ts';
import { startEngine, temporaryFolder, TESTED_VERSIONS } from '../support/real-host.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let embedded: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  // Each program in a machine that was booted for it; test/integration/clones.test.ts has those from the pool.
  embedded = await startEngine(folder.path, { templates: 'off' });
});

afterAll(async () => {
  await embedded[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function run(
  language: 'python' | 'javascript',
  code: string,
  more: Partial<Omit<ExecutionInput, 'limits'>> & {
    timeoutMs?: number;
    memoryMb?: number;
    cpuCount?: number;
  } = {},
): Promise<ExecutionResult & { out: string; err: string }> {
  const { timeoutMs = 30_000, memoryMb, cpuCount, ...input } = more;
  const requestId = randomUUID();
  const result = await embedded.engine.execute(
    {
      requestId,
      language,
      languageVersion: TESTED_VERSIONS[language],
      code,
      limits: { timeoutMs, memoryMb, cpuCount },
      ...input,
    },
    { signal: new AbortController().signal },
  );
  expect(processesWithArgument(requestId)).toEqual([]);
  return { ...result, out: result.stdout.toString(), err: result.stderr.toString() };
}

describe.concurrent('an ordinary program', () => {
  it('is Python 3.11 with stdin, arguments, both streams and an exit code', async () => {
    const code = [
      'import sys, os, ssl, sqlite3, json, zoneinfo, ctypes',
      'print(sys.version_info[:2], sys.argv, os.getcwd(), __file__, __name__)',
      'print(sys.stdin.read()[::-1], end="")',
      'print("é✓", file=sys.stderr)',
      'sys.exit(3)',
    ].join('\n');
    const result = await run('python', code, { stdin: Buffer.from('abc'), args: ['-a', 'ü b'] });
    expect(result).toMatchObject({ status: 'runtime_error', exitCode: 3, signal: null, err: 'é✓\n' });
    expect(result.out).toBe("(3, 11) ['main.py', '-a', 'ü b'] /workspace /workspace/main.py __main__\ncba");
  });

  it('is JavaScript on Node 20', async () => {
    const code = [
      "process.stdin.on('data', (d) => process.stdout.write(String(d).toUpperCase()));",
      "console.error(process.version.split('.')[0], process.argv.slice(1).join(' '), typeof require);",
    ].join('\n');
    const result = await run('javascript', code, { stdin: Buffer.from('abc'), args: ['x'] });
    expect(result).toMatchObject({
      status: 'ok',
      exitCode: 0,
      out: 'ABC',
      err: 'v20 /workspace/main.js x function\n',
    });
  });

  it('reads end of file when no stdin is given', async () => {
    expect(await run('python', 'import sys; print(repr(sys.stdin.read()))')).toMatchObject({ out: "''\n" });
  });

  it('gets every byte of a large stdin and returns bytes as they are', async () => {
    const stdin = Buffer.alloc(1_000_000, Buffer.from([0, 255, 10, 13, 128, 65]));
    const code = 'import sys; d = sys.stdin.buffer.read(); sys.stdout.buffer.write(d[:600000])';
    const result = await run('python', code, { stdin });
    expect(result.status).toBe('ok');
    expect(result.stdout.equals(stdin.subarray(0, 600_000))).toBe(true);
  });

  it('is an unprivileged user with a network of its own, a read-only system and a scratch', async () => {
    const code = `
import os, socket, threading, subprocess, time
print(os.getuid(), os.getgid(), os.getgroups())
status = dict(l.split(':\\t', 1) for l in open('/proc/self/status').read().splitlines() if ':\\t' in l)
print(int(status['CapEff'], 16), int(status['CapBnd'], 16), status['NoNewPrivs'])
for path in ('/x', '/usr/x', '/etc/x', '/proc/sys/kernel/hostname', '/sys/x', '/dev/x'):
    try:
        open(path, 'w').write('x'); print('wrote', path)
    except OSError:
        pass
for path in ('/tmp/x', 'x', '/dev/shm/x'):
    open(path, 'w').write('x')
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
c = socket.create_connection(s.getsockname()); print('loopback')
print(sorted(os.listdir('/sys/class/net')))
print(socket.gethostbyname(socket.gethostname()))
print(subprocess.run(['sh', '-c', 'echo shell'], capture_output=True, text=True).stdout.strip())
print(abs(time.time() - int(os.environ.get('NOW', time.time()))) < 5, time.tzname[0])
print(sorted(os.listdir('/dev')))
`;
    const result = await run('python', code);
    expect(result.err).toBe('');
    expect(result.out.trim().split('\n')).toEqual([
      '1000 1000 []',
      '0 0 1',
      'loopback',
      "['lo']",
      '127.0.1.1',
      'shell',
      'True UTC',
      expect.not.stringMatching(/vda|vport|mem|kmsg|ttyS/),
    ]);
  });

  it('has the host clock and random numbers of its own', async () => {
    const code =
      'import os, time, random, uuid\nprint(time.time())\nprint(os.urandom(8).hex(), random.random(), uuid.uuid4(), os.uname().nodename, open("/etc/machine-id").read())';
    const [one, two] = await Promise.all([run('python', code), run('python', code)]);
    for (const { out } of [one, two])
      expect(Math.abs(Number(out.split('\n')[0]) - Date.now() / 1000)).toBeLessThan(60);
    const words = [one, two].map(({ out }) => out.trim().split('\n')[1]?.split(' ') ?? []);
    for (const [index, word] of (words[0] ?? []).entries()) expect(word).not.toBe(words[1]?.[index]);
  });

  it('has the CPUs and the memory that were asked for', async () => {
    const code = 'import os; print(os.cpu_count()); b = bytearray(400 << 20); print(len(b) >> 20)';
    const result = await run('python', code, { cpuCount: 2, memoryMb: 512 });
    expect(result).toMatchObject({ status: 'ok', out: '2\n400\n' });
    expect(result.memoryPeakBytes).toBeGreaterThan(400 << 20);
  });
});

describe.concurrent('a program that ends badly', () => {
  it('by an exception', async () => {
    const result = await run('python', 'def f():\n  raise ValueError("x")\nf()');
    expect(result).toMatchObject({ status: 'runtime_error', exitCode: 1 });
    expect(result.err).toBe(
      'Traceback (most recent call last):\n  File "/workspace/main.py", line 3, in <module>\n    f()\n  File "/workspace/main.py", line 2, in f\n    raise ValueError("x")\nValueError: x\n',
    );
  });

  it('by a signal', async () => {
    const result = await run('python', 'import os, signal; os.kill(os.getpid(), signal.SIGSEGV)');
    expect(result).toMatchObject({ status: 'runtime_error', exitCode: 139, signal: 'SIGSEGV' });
  });

  it('by its time limit, SIGTERM ignored, with the output so far and without a newline', async () => {
    const code =
      'import signal, sys, time\nfor s in range(1, 65):\n  try: signal.signal(s, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nprint("so far", end="", flush=True)\nwhile True: pass';
    // Long enough for an interpreter to start on a loaded machine.
    const result = await run('python', code, { timeoutMs: 6000 });
    expect(result).toMatchObject({ status: 'timeout', exitCode: 137, signal: 'SIGKILL', out: 'so far' });
  });

  it('by its memory limit', async () => {
    const result = await run('python', 'x = []\nwhile True: x.append(bytearray(1 << 20))', { memoryMb: 64 });
    expect(result).toMatchObject({ status: 'out_of_memory', exitCode: 137 });
  });

  it('by filling its scratch it gets an error, not the memory limit', async () => {
    const result = await run('python', 'open("/tmp/x", "wb").write(bytes(300 << 20))', { memoryMb: 512 });
    expect(result.status).toBe('runtime_error');
    expect(result.err).toMatch(/No space left on device/);
  });

  it('by printing 100 MB', async () => {
    const result = await run(
      'javascript',
      'const line = "x".repeat(999) + "\\n"; for (let i = 0; i < 1e5; i++) process.stdout.write(line);',
    );
    expect(result).toMatchObject({
      status: 'output_limit',
      exitCode: 137,
      stdoutTruncated: true,
      stderrTruncated: false,
    });
    expect(result.stdout.length).toBe(1024 * 1024);
  });

  it('by forking for ever', async () => {
    const result = await run('python', 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass', {
      timeoutMs: 3000,
    });
    expect(result).toMatchObject({ status: 'timeout', exitCode: 137 });
  });
});

describe.concurrent('a program with tricks', () => {
  it('closes its stdout', async () => {
    const result = await run(
      'python',
      'import os\nos.write(1, b"a")\nos.close(1)\nos.close(2)\nimport time; time.sleep(0.3)\nos._exit(4)',
    );
    expect(result).toMatchObject({ status: 'runtime_error', exitCode: 4, out: 'a', err: '' });
  });

  it('kills its parent, PID 1 and everything it can', async () => {
    const code =
      'import os, signal\nfor pid in (os.getppid(), 1):\n  try: os.kill(pid, signal.SIGKILL); print("killed", pid)\n  except OSError as e: print(type(e).__name__)';
    expect(await run('python', code)).toMatchObject({
      status: 'ok',
      out: expect.stringMatching(/^(\w+Error\n){2}$/),
    });
    const all = await run(
      'python',
      'import os, signal, time\nprint(1, flush=True)\nos.kill(-1, signal.SIGKILL)\ntime.sleep(1)\nprint(2)',
    );
    expect(all.out).toMatch(/^1\n/);
  });

  it('leaves a daemon behind that holds its stdout', async () => {
    const code =
      'import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    time.sleep(600)\n  os._exit(0)\nprint("parent")';
    expect(await run('python', code)).toMatchObject({ status: 'ok', out: 'parent\n' });
  });

  it('leaves the write end of its stdout in a message that nobody will read', async () => {
    const code = `
import socket, os, array
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
def send(fd): a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])
send(b.fileno()); send(1); a.close()
print('done', flush=True)
os._exit(0)
`;
    expect(await run('python', code)).toMatchObject({ status: 'ok', exitCode: 0, out: 'done\n' });
  });

  it('reads nothing of a large stdin', async () => {
    expect(await run('python', 'print(1)', { stdin: Buffer.alloc(1_000_000, 'x') })).toMatchObject({
      status: 'ok',
      out: '1\n',
    });
  });

  it('crashes the guest kernel if it can, which is refused', async () => {
    const code =
      'for path in ("/proc/sysrq-trigger", "/dev/mem", "/dev/kmsg", "/dev/vport0p1"):\n  try: open(path, "w").write("c"); print("opened", path)\n  except OSError: pass\nprint("alive")';
    expect(await run('python', code)).toMatchObject({ status: 'ok', out: 'alive\n' });
  });
});

describe.concurrent('an execution that is given up', () => {
  it('destroys its VM at once', async () => {
    const controller = new AbortController();
    const requestId = randomUUID();
    const running = embedded.engine.execute(
      { requestId, language: 'python', code: 'import time; time.sleep(600)', limits: { timeoutMs: 60_000 } },
      { signal: controller.signal },
    );
    running.catch(() => {});
    while (processesWithArgument(requestId).length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error('client gone');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(processesWithArgument(requestId)).toEqual([]);
  });

  it('survives the death of its VM process with a clean answer', async () => {
    const requestId = randomUUID();
    const running = embedded.engine.execute(
      {
        requestId,
        language: 'python',
        code: 'print(1, flush=True)\nimport time; time.sleep(600)',
        limits: { timeoutMs: 60_000 },
      },
      { signal: new AbortController().signal },
    );
    const name = (): number[] => processesWithArgument(requestId);
    while (name().length === 0) await new Promise((resolve) => setImmediate(resolve));
    // Long enough for the program to run on a loaded machine; earlier, the answer is a clean error instead.
    await new Promise((resolve) => {
      setTimeout(resolve, 12_000);
    });
    for (const pid of name()) process.kill(pid, 'SIGKILL');
    const result = await running;
    expect(result).toMatchObject({ status: 'killed', exitCode: 137, signal: 'SIGKILL' });
    expect(result.stdout.toString()).toBe('1\n');
    expect(qemuName(requestId)).toContain(requestId);
  });
});
