import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentClient } from '../../src/pyrovm/agent/client.ts';
import type { RunMessage } from '../../src/pyrovm/agent/messages.ts';
import type { Vm, VmmDriver, VmSpec } from '../../src/pyrovm/vmm/driver.ts';
import { hashOfFile } from '../../src/sys/hash.ts';
import { temporaryFolder } from '../support/real-host.ts';

export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: VmmDriver;
  /** Kernel, initrd and a root file system with `/bin/sh`. */
  readonly artefacts: Pick<VmSpec, 'boot' | 'rootfs'>;
  /** Processes of the VM that still exist. */
  readonly remains: (vm: Vm) => number;
}

const signal = new AbortController().signal;

const RUN: RunMessage = {
  argv: ['/bin/sh', '-c', 'cat; echo done >&2; exit 5'],
  environment: ['PATH=/usr/bin:/bin'],
  cwd: '/workspace',
  limits: {
    timeoutMs: 60_000,
    memoryBytes: 64 * 1024 * 1024,
    maxProcesses: 16,
    outputBytes: 65_536,
    fileBytes: 1024 * 1024,
    openFiles: 64,
  },
};

/** What every driver must do; run it for each driver, real or double. */
export function describeDriverContract(name: string, open: () => Promise<DriverUnderTest>): void {
  describe(`driver contract: ${name}`, () => {
    const specOf = ({ artefacts }: DriverUnderTest): VmSpec => ({
      id: `contract-${randomUUID()}`,
      memoryMb: 224,
      cpuCount: 1,
      ...artefacts,
    });
    const init = async (vm: Vm): Promise<AgentClient> => {
      const agent = new AgentClient(vm.channel);
      const hello = await agent.hello();
      expect(hello.rootMounted).toBe(true);
      await agent.init(
        {
          entropy: randomBytes(64),
          wallClockNs: BigInt(Date.now()) * 1_000_000n,
          vmId: vm.id,
          hostname: 'contract',
          scratchBytes: 1024 * 1024,
        },
        hello.nonce,
      );
      return agent;
    };

    it('says what it is', async () => {
      await using under = await open();
      expect(under.driver.info.version).toMatch(/^\d+\.\d+/);
      expect(['hardware', 'emulated']).toContain(under.driver.info.isolation);
    });

    it('boots a VM whose agent runs a program with its streams apart', async () => {
      await using under = await open();
      await using vm = await under.driver.boot(specOf(under), { signal });
      const agent = await init(vm);
      const output = { stdout: '', stderr: '' };
      const exit = await agent.run(RUN, Buffer.from('input'), {
        onStarted: () => {},
        onOutput: (stream, data) => {
          output[stream] += data.toString();
        },
      });
      expect(exit).toMatchObject({ cause: 'exited', exitCode: 5, signal: 0 });
      expect(output).toEqual({ stdout: 'input', stderr: 'done\n' });
    });

    it('gives each VM a nonce of its own', async () => {
      await using under = await open();
      await using one = await under.driver.boot(specOf(under), { signal });
      await using two = await under.driver.boot(specOf(under), { signal });
      const [a, b] = await Promise.all([
        new AgentClient(one.channel).hello(),
        new AgentClient(two.channel).hello(),
      ]);
      expect(a.nonce.equals(b.nonce)).toBe(false);
    });

    it('leaves nothing of a VM that is disposed, whenever that is and however often', async () => {
      await using under = await open();
      const vm = await under.driver.boot(specOf(under), { signal });
      const dying = new AgentClient(vm.channel).hello();
      dying.catch(() => {});
      await Promise.all([vm[Symbol.asyncDispose](), vm[Symbol.asyncDispose]()]);
      await vm[Symbol.asyncDispose]();
      expect(under.remains(vm)).toBe(0);
      await vm.exited;
    });

    it('ends the channel when the VM is gone', async () => {
      await using under = await open();
      const vm = await under.driver.boot(specOf(under), { signal });
      const agent = await init(vm);
      const running = agent.run({ ...RUN, argv: ['/bin/sleep', '600'] }, Buffer.alloc(0), {
        onStarted: () => void vm[Symbol.asyncDispose](),
        onOutput: () => {},
      });
      await expect(running).rejects.toThrow(/guest/);
      await vm[Symbol.asyncDispose]();
      expect(under.remains(vm)).toBe(0);
    });

    it('clones a machine that was saved, if it can: each clone goes on by itself and writes to nothing shared', async () => {
      await using under = await open();
      const { snapshots } = under.driver;
      if (!snapshots) {
        process.stderr.write(`${name} cannot clone machines: nothing to test\n`);
        return;
      }
      await using folder = await temporaryFolder();
      const files = { memory: join(folder.path, 'memory'), state: join(folder.path, 'state') };
      for (const file of Object.values(files)) {
        await writeFile(file, '');
        await chmod(file, 0o666);
      }
      const spec = specOf(under);
      const template = await snapshots.bootTemplate(spec, files, { signal });
      const preparing = new AgentClient(template.channel);
      const hello = await preparing.hello();
      await preparing.prepare({
        ...RUN,
        argv: ['/bin/sh', 'main.sh'],
        gate: 'main.sh',
        count: 3,
        scratchBytes: 1024 * 1024,
      });
      await template.save();
      await template[Symbol.asyncDispose]();
      expect(under.remains(template)).toBe(0);
      for (const file of Object.values(files)) await chmod(file, 0o444);
      const saved = await Promise.all(Object.values(files).map(async (file) => hashOfFile(file)));

      const clone = async (): Promise<string> => {
        await using vm = await snapshots.restore({ ...spec, id: `contract-${randomUUID()}` }, files, {
          signal,
        });
        const agent = new AgentClient(vm.channel);
        await agent.init(
          {
            entropy: randomBytes(64),
            wallClockNs: BigInt(Date.now()) * 1_000_000n,
            vmId: vm.id,
            hostname: 'clone',
            scratchBytes: 1024 * 1024,
          },
          hello.nonce,
        );
        let output = '';
        const handlers = {
          onStarted: () => {},
          onOutput: (_: string, data: Buffer) => {
            output += data.toString();
          },
        };
        const release = async (script: string): Promise<void> => {
          agent.putFile('main.sh', 0o600, Buffer.from(script));
          const exit = await agent.release(RUN.limits, Buffer.from('input\n'), handlers);
          expect(exit).toMatchObject({ cause: 'exited', exitCode: 0 });
        };
        const script =
          'test ! -e mark && echo > mark && cat && stat -c %a:%u main.sh && ls && ls -d /proc/[0-9]*\n';
        const said = /^input\n600:1000\nmain\.sh\nmark\n\/proc\/\d+\n$/;
        await release(script);
        expect(await agent.renew()).toBe(true);
        output = '';
        await release(script);
        // The shell sees itself alone: who did not go on is gone.
        expect(output).toMatch(said);
        expect(await agent.renew()).toBe(false);
        output = '';
        const plain = { ...RUN, argv: ['/bin/sh', '-c', 'ls -A; cat /proc/sys/kernel/random/uuid'] };
        expect(await agent.run(plain, Buffer.alloc(0), handlers)).toMatchObject({ exitCode: 0 });
        expect(output).toMatch(/^[0-9a-f-]{36}\n$/);
        return output;
      };
      const outputs = await Promise.all([clone(), clone(), clone()]);
      expect(new Set(outputs).size).toBe(3);
      expect(await Promise.all(Object.values(files).map(async (file) => hashOfFile(file)))).toEqual(saved);
    });

    it('refuses to boot once the signal has aborted', async () => {
      await using under = await open();
      const reason = new Error('changed my mind');
      await expect(under.driver.boot(specOf(under), { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
    });
  });
}
