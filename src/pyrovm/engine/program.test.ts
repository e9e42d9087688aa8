import { describe, expect, it } from 'vitest';
import { FakeVm } from '../../../test/doubles/fake-driver.ts';
import type { FakeGuest, GuestRun } from '../../../test/doubles/fake-driver.ts';
import { parseRuntimeId } from '../../runtimes/catalogue.ts';
import type { Commands } from '../../runtimes/schema.ts';
import { AgentClient } from '../agent/client.ts';
import { runProgram, sendSource } from './program.ts';
import type { ExecutionRequest } from './request.ts';

const MIB = 1024 * 1024;

const commands: Commands = {
  compile: { command: ['cc', 'main.c'], limits: { timeoutMs: 300, memoryMb: 300 } },
  run: ({ memoryMb }) => ['./program', `--heap=${memoryMb}`],
  environment: { LEVEL: '2' },
  warmUp: '',
};

interface Play {
  readonly compile?: (guest: FakeGuest) => void;
  readonly run?: (guest: FakeGuest) => void;
  readonly request?: Partial<ExecutionRequest>;
  readonly waiting?: boolean;
}

/** Sends a source through both stages. Returns the result and what the guest was told to run. */
async function play({ compile, run, request = {}, waiting = false }: Play) {
  const runs: GuestRun[] = [];
  const well = (guest: FakeGuest): void => {
    guest.started();
    guest.exit();
  };
  const spec = { id: 'vm', rootfs: '', memoryMb: 1, cpuCount: 1, boot: { kernel: '', initrd: '' } };
  const vm = new FakeVm(spec, 'clone', {
    run: (guest, asked) => {
      runs.push(asked);
      return (runs.length === 1 ? (compile ?? well) : (run ?? well))(guest);
    },
  });
  const base = parseRuntimeId('c@gcc11');
  const whole: ExecutionRequest = {
    requestId: 'r',
    runtime: { ...base, commands },
    limits: { timeoutMs: 5000, memoryMb: 64, cpuCount: 2 },
    code: Buffer.from('int main;'),
    stdin: Buffer.from('in'),
    args: ['-x'],
    ...request,
  };
  const machine = { agent: new AgentClient(vm.channel), waiting };
  sendSource(machine, whole);
  try {
    const result = await runProgram(machine, whole, { outputBytes: 100, maxProcesses: 9 });
    return { result, runs };
  } finally {
    await vm[Symbol.asyncDispose]();
  }
}

describe('a language with a compiler', () => {
  it('compiles with its own limits, and runs with those of the request', async () => {
    const { result, runs } = await play({
      compile: (guest) => {
        guest.started();
        guest.stderr('warning');
        guest.exit({ wallUs: 2000 });
      },
      run: (guest) => {
        guest.started();
        guest.stdout('out');
        guest.exit({ exitCode: 3 });
      },
    });
    expect(runs).toMatchObject([
      { argv: ['cc', 'main.c'], timeoutMs: 300, memoryBytes: 300 * MIB, waited: false },
      { argv: ['./program', '--heap=64', '-x'], timeoutMs: 5000, memoryBytes: 64 * MIB },
    ]);
    for (const { environment, files } of runs) {
      expect(environment).toContain('LEVEL=2');
      expect(files.get('main.c')?.toString()).toBe('int main;');
    }
    expect(result).toMatchObject({ status: 'runtime_error', exitCode: 3, stdout: Buffer.from('out') });
    expect(result.compile).toMatchObject({ status: 'ok', stderr: Buffer.from('warning') });
  });

  it('gives the input to the program, not to the compiler', async () => {
    const { runs } = await play({});
    expect(await Promise.all(runs.map(async ({ stdin }) => (await stdin).toString()))).toEqual(['', 'in']);
  });

  it('lets a compiler that waits go on, whatever the args of the program', async () => {
    const { runs } = await play({ waiting: true });
    expect(runs).toMatchObject([
      { waited: true, timeoutMs: 300 },
      { waited: false, argv: ['./program', '--heap=64', '-x'] },
    ]);
  });

  it('ends with the diagnostics when the compiler fails, and runs nothing', async () => {
    const { result, runs } = await play({
      compile: (guest) => {
        guest.started();
        guest.stderr('main.c:1: no');
        guest.exit({ exitCode: 4 });
      },
    });
    expect(runs).toHaveLength(1);
    expect(result).toMatchObject({
      status: 'compile_error',
      exitCode: 4,
      stdout: Buffer.alloc(0),
      stderr: Buffer.from('main.c:1: no'),
      executionTimeMs: 0,
    });
    expect(result.compile).toMatchObject({ status: 'runtime_error', exitCode: 4 });
  });

  it('takes the diagnostics from stdout when there is nothing else', async () => {
    const { result } = await play({
      compile: (guest) => {
        guest.started();
        guest.stdout('no');
        guest.exit({ exitCode: 1 });
      },
    });
    expect(result).toMatchObject({ status: 'compile_error', stderr: Buffer.from('no') });
  });

  it.each([
    ['timeout', 'timeout', 137],
    ['memory', 'out_of_memory', 137],
    ['output', 'output_limit', 137],
  ] as const)('attributes a limit to the compiler: %s', async (cause, status, exitCode) => {
    const { result, runs } = await play({
      compile: (guest) => {
        guest.started();
        // A time limit that comes at once would be a clock that is wrong.
        setTimeout(() => guest.exit({ cause, exitCode, signal: 9 }), cause === 'timeout' ? 290 : 0);
      },
    });
    expect(runs).toHaveLength(1);
    expect(result).toMatchObject({ status: 'compile_error', exitCode, compile: { status } });
  });

  it('is not well when the compiler says so after too much output', async () => {
    const { result } = await play({
      compile: (guest) => {
        guest.started();
        guest.stderr('x'.repeat(101));
        guest.exit();
      },
    });
    expect(result).toMatchObject({
      status: 'compile_error',
      exitCode: 1,
      stderrTruncated: true,
      stderr: Buffer.from('x'.repeat(100)),
      compile: { status: 'output_limit' },
    });
  });

  it('says so when there is nothing to run afterwards', async () => {
    const { result } = await play({
      run: (guest) => guest.error(4, 'No such file or directory'),
    });
    expect(result).toMatchObject({ status: 'compile_error', exitCode: 1 });
    expect(result.stderr.toString()).toBe(
      'tvm: the compiler ended well but left no program that can be run\n',
    );
  });

  it('is killed when the machine dies under the compiler', async () => {
    const { result } = await play({
      compile: (guest) => {
        guest.started();
        guest.close();
      },
    });
    expect(result).toMatchObject({ status: 'killed', compile: { status: 'killed' } });
  });
});

describe('a language without', () => {
  it('runs at once, and what waits has no args', async () => {
    const { compile: _, ...interpreted } = commands;
    const runtime = { ...parseRuntimeId('python@3.11'), commands: interpreted };
    const withArgs = await play({ waiting: true, request: { runtime } });
    expect(withArgs.runs).toMatchObject([{ waited: false, argv: ['./program', '--heap=64', '-x'] }]);
    const without = await play({ waiting: true, request: { runtime, args: [] } });
    expect(without.runs).toMatchObject([{ waited: true }]);
    expect(without.result.compile).toBeUndefined();
  });
});
