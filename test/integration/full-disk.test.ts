import { randomUUID } from 'node:crypto';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getuid } from 'node:process';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { silentLogger } from '../../src/observability/log.ts';
import { makeEmbeddedEngine } from '../../src/pyrovm/embedded.ts';
import type { ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import { runTool } from '../../src/sys/process.ts';
import { eventually, isolatedConfig, isolatedEnvironment, temporaryFolder } from '../support/real-host.ts';

const { signal } = new AbortController();

const isRoot = getuid?.() === 0;
if (!isRoot) process.stderr.write('a full disk is not tested here: only root can mount a small one\n');

it.runIf(isRoot)(
  'a template that does not fit on the disk leaves nothing; programs run without it',
  async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const { paths: real } = isolatedConfig(folder.path);
    const config = loadConfig({
      environment: { ...isolatedEnvironment(folder.path), XDG_CACHE_HOME: cache },
      flags: { pool_min: 0 },
    });
    const { templatesDir, cacheDir } = config.paths;
    await mkdir(templatesDir, { recursive: true });
    for (const entry of await readdir(dirname(real.imagesDir))) {
      if (join(cacheDir, entry) !== templatesDir)
        await symlink(join(real.cacheDir, entry), join(cacheDir, entry));
    }
    await runTool(['mount', '-t', 'tmpfs', '-o', 'size=8m,mode=0711', 'tmpfs', templatesDir], { signal });
    try {
      const options = { config, service: true, logger: silentLogger(), signal, progress: () => {} };
      const embedded = await makeEmbeddedEngine(options);
      try {
        await embedded.prove();
        const { engine } = embedded;
        const execute = async (): Promise<ExecutionResult> =>
          engine.execute(
            { requestId: randomUUID(), language: 'python', code: 'print(1)', limits: { timeoutMs: 30_000 } },
            { signal },
          );
        expect(await execute()).toMatchObject({ status: 'ok', machine: 'booted' });
        const failed = (): boolean =>
          Object.values(engine.pools().templates).every((state) => state === 'failed');
        await eventually(failed, 'the template has failed');
        expect(await execute()).toMatchObject({ status: 'ok', machine: 'booted' });
        expect(await readdir(templatesDir)).toEqual([]);
      } finally {
        await embedded.stop(0);
      }
    } finally {
      await runTool(['umount', '-l', templatesDir], { signal });
    }
  },
);
