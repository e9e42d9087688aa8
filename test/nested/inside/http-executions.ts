import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSandbox } from '../../../src/cli/fixtures/sandbox.ts';
import type { Sandbox } from '../../../src/cli/fixtures/sandbox.ts';
import { environmentName } from '../../../src/config/schema.ts';
import { logFile } from '../../../src/sys/paths.ts';
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

/** Longest time until a template is made and a clone of it waits: a file of 240 MB is hashed twice on the way. */
const TEMPLATE_TIMEOUT_MS = 500_000;

/** Between two looks at the pool: here each costs the processor a tenth of a second. */
const POLL_MS = 2000;

/** Of TVM's log that are shown at the end. */
const LOG_LINES = 30;

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
    let cgroupsBefore: string[];
    const settings = { ...NESTED, pool_min: 1, pool_max: 2, ...options.flags };
    const environment: Record<string, string> = { XDG_CACHE_HOME: '/root/.cache' };
    for (const [name, value] of Object.entries(settings)) {
      environment[environmentName(name as keyof typeof settings)] = String(value);
    }
    const tvm = { real: true, environment };
    const ask = async <T>(path: string, body?: unknown): Promise<T> => {
      const response = await fetch(`http://127.0.0.1:${sandbox.port}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
      return (await response.json()) as T;
    };

    beforeAll(async () => {
      sandbox = await makeSandbox();
      cgroupsBefore = controlGroups();
    });
    afterAll(async () => {
      await sandbox.tvm(['stop'], tvm);
      const log = await readFile(logFile(sandbox.paths.logsDir, 'tvm'), 'utf8').catch(() => '');
      process.stdout.write(log.split('\n').slice(-LOG_LINES).join('\n'));
      await sandbox[Symbol.asyncDispose]();
    });

    it('starts and says what runs its machines', async () => {
      // In the background it would have to start within 120 s.
      const service = sandbox.begin(['start', '--foreground'], tvm);
      await service.said('"started"');
      expect(await ask('/api/health')).toMatchObject({ ...options.health, isolation: 'hardware' });
    });

    it(`answers ${options.executions} of ${options.executions} programs right, from clones that are no twins`, async () => {
      let phase = '';
      await eventually(
        async () => {
          await sleep(POLL_MS);
          const { data } = await ask<Pools>('/debug/vm-pools');
          const now = Object.values(data.template_progress).map((template) => template.phase);
          if (phase !== now.join()) process.stdout.write(`template: ${now.join() || 'none is being made'}\n`);
          phase = now.join();
          return (data.pool_status['python']?.available ?? 0) > 0;
        },
        'a clone waits in the pool',
        TEMPLATE_TIMEOUT_MS,
      );
      const randoms = new Set<string>();
      for (let number = 1; number <= options.executions; number += 1) {
        const code = `import os\nprint(${number} * 7, os.urandom(8).hex())`;
        const result = await ask<Execution>('/api/execute', { language: 'python', code, timeout_ms: 30_000 });
        process.stdout.write(`execution ${number}: ${result.machine}, ${JSON.stringify(result.timings)}\n`);
        expect(result.status).toBe('ok');
        expect(['pooled', 'restored']).toContain(result.machine);
        const [answer, random = ''] = result.stdout.trim().split(' ');
        expect(answer).toBe(String(number * 7));
        expect(random).toMatch(/^[0-9a-f]{16}$/);
        randoms.add(random);
      }
      expect(randoms.size).toBe(options.executions);
    });

    it('leaves no process, no folder and no control group when it is stopped', async () => {
      expect(await sandbox.tvm(['stop'], tvm)).toMatchObject({ status: 0 });
      expect(processNames().filter((found) => found.startsWith(options.processName))).toEqual([]);
      expect(await readdir(sandbox.paths.instancesDir)).toEqual([]);
      expect(controlGroups()).toEqual(cgroupsBefore);
    });
  });
}

interface Pools {
  readonly data: {
    readonly template_progress: Readonly<Record<string, { readonly phase: string }>>;
    readonly pool_status: Readonly<Record<string, { readonly available: number } | undefined>>;
  };
}

function controlGroups(): string[] {
  return readdirSync('/sys/fs/cgroup', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
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
