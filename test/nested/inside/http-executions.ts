import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSandbox } from '../../../src/cli/fixtures/sandbox.ts';
import type { Sandbox } from '../../../src/cli/fixtures/sandbox.ts';
import { environmentName } from '../../../src/config/schema.ts';
import { eventually } from '../../support/real-host.ts';
import type { SettingFlags } from '../../support/real-host.ts';
import { NESTED } from './settings.ts';

export interface HttpExecutions {
  readonly flags: SettingFlags;
  /** What `GET /api/health` must say of the monitor. */
  readonly health: Readonly<Record<string, string>>;
  /** Beginning of the name of the monitor's processes, as the kernel has it. */
  readonly processName: string;
  readonly executions: number;
}

interface Execution {
  readonly status: string;
  readonly stdout: string;
  readonly machine: string;
  readonly timings: { readonly boot_ms: number; readonly total_ms: number };
}

/** The real service, from `tvm start` to `tvm stop`, asked over HTTP: every answer must be right and come from a clone. */
export function describeHttpExecutions(name: string, options: HttpExecutions): void {
  describe(`executions over HTTP: ${name}`, () => {
    let sandbox: Sandbox;
    const settings = { ...NESTED, pool_min: 1, pool_max: 2, ...options.flags };
    const tvm = async (command: string) =>
      sandbox.tvm([command], {
        real: true,
        environment: {
          XDG_CACHE_HOME: '/root/.cache',
          ...Object.fromEntries(
            Object.entries(settings).map(([key, value]) => [
              environmentName(key as keyof typeof settings),
              String(value),
            ]),
          ),
        },
      });
    const ask = async <T>(path: string, body?: unknown): Promise<T> => {
      const response = await fetch(`http://127.0.0.1:${sandbox.port}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
      return (await response.json()) as T;
    };

    beforeAll(async () => {
      sandbox = await makeSandbox();
    });
    afterAll(async () => {
      await tvm('stop');
      await sandbox[Symbol.asyncDispose]();
    });

    it('starts and says what runs its machines', async () => {
      expect(await tvm('start')).toMatchObject({ status: 0 });
      expect(await ask('/api/health')).toMatchObject({ ...options.health, isolation: 'hardware' });
    });

    it(`answers ${options.executions} of ${options.executions} programs right, from clones that are no twins`, async () => {
      await eventually(
        async () => {
          const pools = await ask<Pools>('/debug/vm-pools');
          return (pools.data.pool_status['python']?.available ?? 0) > 0;
        },
        'a clone waits in the pool',
        240_000,
      );
      const randoms = new Set<string>();
      for (let number = 1; number <= options.executions; number += 1) {
        const code = `import os\nprint(${number} * 7, os.urandom(8).hex())`;
        const result = await ask<Execution>('/api/execute', { language: 'python', code, timeout_ms: 30_000 });
        process.stdout.write(`${number}: ${JSON.stringify(result)}\n`);
        expect(result.status).toBe('ok');
        expect(['pooled', 'restored']).toContain(result.machine);
        const [answer, random = ''] = result.stdout.trim().split(' ');
        expect(answer).toBe(String(number * 7));
        expect(random).toMatch(/^[0-9a-f]{16}$/);
        randoms.add(random);
      }
      expect(randoms.size).toBe(options.executions);
    });

    it('leaves no process and no folder when it is stopped', async () => {
      expect(await tvm('stop')).toMatchObject({ status: 0 });
      expect(processNames().filter((found) => found.startsWith(options.processName))).toEqual([]);
      expect(await readdir(sandbox.paths.instancesDir)).toEqual([]);
    });
  });
}

interface Pools {
  readonly data: {
    readonly pool_status: Readonly<Record<string, { readonly available: number } | undefined>>;
  };
}

function processNames(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      } catch {
        return '';
      }
    });
}
