import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { TvmError } from '../errors.ts';
import { identityOf } from './process-identity.ts';
import { runTool, startProcess } from './process.ts';
import type { ManagedProcess } from './process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-process-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A named pipe: it ends when the last process that holds it open for writing is gone. */
function makeWitness() {
  const path = join(folder, 'witness');
  execFileSync('mkfifo', [path]);
  const stream = createReadStream(path, 'utf8');
  return { path, said: lines(stream), gone: once(stream, 'end') };
}

/** Gives the lines of a stream, one per call. */
function lines(stream: Readable): () => Promise<string> {
  let text = '';
  let wake = (): void => {};
  stream.on('data', (chunk: Buffer | string) => {
    text += chunk.toString();
    wake();
  });
  return async () => {
    while (!text.includes('\n')) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const line = text.slice(0, text.indexOf('\n'));
    text = text.slice(line.length + 1);
    return line;
  };
}

/** Script of a process that waits until its leader ($$) is gone and reaped, then says so. */
const waitForOrphanage = 'while kill -0 $$ 2>/dev/null; do sleep 0.01; done; echo orphaned';

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

describe('running a tool', () => {
  it('gives its stdout as text, whatever the size of its pieces', async () => {
    expect(
      await runTool(['sh', '-c', 'printf "é"; printf "\\303"; printf "\\244 %s" "$1"', 'sh', 'a b']),
    ).toBe('éä a b');
    expect(await runTool(['seq', '100000'])).toHaveLength(588_895);
  });

  it('has no shell: arguments reach it as they are', async () => {
    expect(await runTool(['printf', '%s|', '$HOME', '*', 'a b', ''])).toBe('$HOME|*|a b||');
  });

  it('gives it an empty stdin, or the input', async () => {
    expect(await runTool(['cat'])).toBe('');
    expect(await runTool(['cat'], { input: 'text\n' })).toBe('text\n');
    const bytes = Buffer.alloc(1_000_000, 'x');
    expect(await runTool(['wc', '-c'], { input: bytes })).toBe('1000000\n');
  });

  it('does not mind a tool that reads nothing of a large input', async () => {
    expect(await runTool(['echo', 'done'], { input: Buffer.alloc(1_000_000) })).toBe('done\n');
  });

  it('sets working directory, variables and a fixed locale', async () => {
    const printed = await runTool(['sh', '-c', 'pwd; echo "$GREETING $LC_ALL $HOME"'], {
      cwd: folder,
      environment: { GREETING: 'hi' },
    });
    expect(printed).toBe(`${folder}\nhi C.UTF-8 ${process.env['HOME']}\n`);
  });

  it('writes stdout to a file when one is named, beyond any cap', async () => {
    const stdoutFile = join(folder, 'out');
    expect(await runTool(['seq', '1000'], { stdoutFile, maxOutputBytes: 1 })).toBe('');
    expect(readFileSync(stdoutFile, 'utf8')).toMatch(/^1\n2\n(\d+\n)+1000\n$/);
  });

  it('quotes the end of its stderr, without control characters, when it fails', async () => {
    const script = 'seq 5000 >&2; printf "\\033[31mno such disk\\n" >&2; exit 3';
    const error = await failure(runTool(['sh', '-c', script]));
    expect(error).toBeInstanceOf(TvmError);
    expect(error).toMatchObject({ code: 'build_failed', context: { command: `sh -c ${script}` } });
    const { message } = error as TvmError;
    expect(message).toMatch(/^sh ended with code 3: /);
    expect(message).toMatch(/\n4999\n5000\n\[31mno such disk$/);
    expect(message.length).toBeLessThan(4200);
  });

  it('names the signal that ended it', async () => {
    await expect(runTool(['sh', '-c', 'echo why >&2; kill -TERM $$'])).rejects.toMatchObject({
      code: 'build_failed',
      message: 'sh was killed by SIGTERM: why',
    });
  });

  it('says that it is not installed', async () => {
    await expect(runTool(['tvm-no-such-tool', 'x'])).rejects.toMatchObject({
      code: 'host_unready',
      message: 'tvm-no-such-tool is not installed',
    });
  });

  it('does not take a missing folder of the output file for a missing tool', async () => {
    const error = await failure(runTool(['echo'], { stdoutFile: join(folder, 'none', 'out') }));
    expect(error).toMatchObject({ code: 'ENOENT' });
  });

  it('takes more output than the cap for a failure, and ends the tool', async () => {
    const witness = makeWitness();
    const script = 'exec 3>"$0"; yes';
    await expect(
      runTool(['sh', '-c', script, witness.path], { maxOutputBytes: 10_000 }),
    ).rejects.toMatchObject({ code: 'build_failed', message: 'output exceeds 10000 bytes' });
    await witness.gone;
  });

  it('takes output of just the cap', async () => {
    expect(await runTool(['printf', '12345'], { maxOutputBytes: 5 })).toBe('12345');
    await expect(runTool(['printf', '123456'], { maxOutputBytes: 5 })).rejects.toThrow('exceeds');
  });

  it('is killed, with all that it started, on abort; the reason of the signal is thrown', async () => {
    const witness = makeWitness();
    const controller = new AbortController();
    const script = 'exec 3>"$0"; (sh -c "echo ready >&3; exec sleep 300"; true) & wait';
    const tool = runTool(['sh', '-c', script, witness.path], { signal: controller.signal });
    const thrown = failure(tool);
    expect(await witness.said()).toBe('ready');
    const reason = new Error('interrupted');
    controller.abort(reason);
    expect(await thrown).toBe(reason);
    await witness.gone;
  });

  it('does not wait, after an abort, for what its dead leader left running', async () => {
    const witness = makeWitness();
    const controller = new AbortController();
    const script = `exec 3>"$0"; (${waitForOrphanage} >&3; exec sleep 300) & exit 0`;
    const thrown = failure(runTool(['sh', '-c', script, witness.path], { signal: controller.signal }));
    expect(await witness.said()).toBe('orphaned');
    const reason = new Error('interrupted');
    controller.abort(reason);
    expect(await thrown).toBe(reason);
    await witness.gone;
  });

  it('is not even started with a signal that is aborted', async () => {
    const mark = join(folder, 'mark');
    const reason = new Error('interrupted');
    await expect(runTool(['touch', mark], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(existsSync(mark)).toBe(false);
  });

  it('is killed, with all that it started, after timeoutMs', async () => {
    // The sleep holds the pipes: it would be waited for.
    const tool = runTool(['sh', '-c', 'sleep 300 & wait'], { timeoutMs: 50 });
    await expect(tool).rejects.toMatchObject({ code: 'build_failed', message: 'sh was killed by SIGKILL: ' });
  });
});

describe('a tool that has something to undo', () => {
  it('may do that within its grace, before it is killed', async () => {
    const { path, said, gone } = makeWitness();
    const undoing = `trap 'echo undone >"${path}"; exit 1' TERM; echo begun >"${path}"; sleep 300 & wait`;
    const controller = new AbortController();
    const tool = runTool(['sh', '-c', `exec 3>"${path}"; ${undoing}`], {
      signal: controller.signal,
      graceMs: 60_000,
    });
    const failed = tool.catch((error: unknown) => error);
    expect(await said()).toBe('begun');
    controller.abort(new Error('enough'));
    expect(await said()).toBe('undone');
    expect(await failed).toMatchObject({ message: 'enough' });
    await gone;
  });

  it('is killed when it takes longer', async () => {
    const stubborn = runTool(['sh', '-c', "trap '' TERM; sleep 300 & wait; wait"], {
      timeoutMs: 50,
      graceMs: 50,
    });
    await expect(stubborn).rejects.toThrow('was killed by SIGKILL');
  });
});

describe('a managed process', () => {
  async function start(script: string, channelCount = 0): Promise<ManagedProcess> {
    const child = await startProcess(['sh', '-c', script], { channelCount });
    onTestFinished(async () => {
      child.kill();
      await child.exited;
    });
    return child;
  }

  function channel(child: ManagedProcess, index: number): Duplex {
    const found = child.channels[index];
    if (!found) throw new Error(`no channel ${index}`);
    return found;
  }

  it('has channels that carry bytes both ways, on descriptors 3 and 4', async () => {
    const child = await start('sed -u s/^/four:/ <&4 >&4 & exec sed -u s/^/three:/ <&3 >&3', 2);
    expect(child.channels).toHaveLength(2);
    const [three, four] = [channel(child, 0), channel(child, 1)];
    const [fromThree, fromFour] = [lines(three), lines(four)];
    three.write('a\n');
    expect(await fromThree()).toBe('three:a');
    four.write('b\n');
    expect(await fromFour()).toBe('four:b');
    three.write('c\n');
    expect(await fromThree()).toBe('three:c');
  });

  it('has the three standard streams', async () => {
    const child = await start('read line; echo "out $line"; echo "err $line" >&2');
    const [out, err] = [lines(child.stdout), lines(child.stderr)];
    child.stdin.write('x\n');
    expect([await out(), await err()]).toEqual(['out x', 'err x']);
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it('inherits no variable but PATH, and stands in the root folder', async () => {
    const child = await startProcess(['env'], { channelCount: 0 });
    expect(await lines(child.stdout)()).toBe(`PATH=${process.env['PATH']}`);
    await child.exited;
    const folder = await startProcess(['pwd'], { channelCount: 0 });
    expect(await lines(folder.stdout)()).toBe('/');
  });

  it('tells its exit code', async () => {
    expect(await (await start('exit 7')).exited).toEqual({ code: 7, signal: null });
  });

  it('is gone, by SIGKILL, after kill; killing it again does no harm', async () => {
    const child = await start('trap "" TERM INT HUP; echo ready; exec sleep 300');
    await lines(child.stdout)();
    child.kill();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(identityOf(child.pid)).toBeUndefined();
    child.kill();
  });

  it('has exited once all that hold its descriptors are gone, not before', async () => {
    const child = await start(
      `(${waitForOrphanage}; read line <&5; echo last) 5<&0 & echo ready; exec sleep 300`,
    );
    const said = lines(child.stdout);
    let exited = false;
    const exit = child.exited.then((value) => {
      exited = true;
      return value;
    });
    expect(await said()).toBe('ready');
    child.kill();
    expect(await said()).toBe('orphaned');
    expect(identityOf(child.pid)).toBeUndefined();
    expect(exited).toBe(false);
    child.stdin.write('go\n');
    expect(await said()).toBe('last');
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('is gone after kill even if it wrote more to a channel than its reader wants to take', async () => {
    const child = await start('exec yes >&3', 1);
    const flood = channel(child, 0);
    const first = once(flood, 'data');
    flood.on('data', () => flood.pause());
    await first;
    child.kill();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('may be written to when it is dead', async () => {
    const child = await start('exit 0', 1);
    await child.exited;
    child.stdin.write('x');
    channel(child, 0).write('x');
    // A missing error listener would fail this run.
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it('that cannot be started is host_unready', async () => {
    await expect(startProcess(['/tvm/no/such/program'], { channelCount: 2 })).rejects.toMatchObject({
      code: 'host_unready',
      message: '/tvm/no/such/program is not installed',
    });
  });
});
