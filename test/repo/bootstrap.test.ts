import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/real-host.ts';

it('tvm leaves the target of a linked node_modules alone', async () => {
  await using folder = await temporaryFolder();
  const clone = join(folder.path, 'clone');
  const modules = join(folder.path, 'modules');
  const commands = join(folder.path, 'bin');
  for (const path of [clone, modules, commands]) await mkdir(path);
  await copyFile(fileURLToPath(new URL('../../tvm', import.meta.url)), join(clone, 'tvm'));
  await writeFile(join(clone, 'package-lock.json'), '{}');
  await writeFile(join(modules, 'precious'), '');
  await symlink(modules, join(clone, 'node_modules'));
  await writeFile(join(commands, 'npm'), `#!/bin/sh\nrm -rf '${modules}'/*\n`, { mode: 0o755 });

  const { status, stderr } = spawnSync('bash', [join(clone, 'tvm'), 'version'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${commands}:${process.env['PATH']}` },
  });
  expect(stderr).toContain(`${join(clone, 'node_modules')} is a symbolic link`);
  expect(stderr).toContain(modules);
  expect(status).toBe(1);
  expect(await readdir(modules)).toEqual(['precious']);
});
