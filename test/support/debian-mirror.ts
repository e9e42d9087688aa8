import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostArchitecture } from '../../src/images/architecture.ts';
import { runTool } from '../../src/sys/process.ts';

export interface DebianMirror extends AsyncDisposable {
  /** As the setting `debian_mirror` takes it. */
  readonly line: string;
}

/** Makes a local mirror of one suite that holds Debian's base system and some packages, and is not signed. */
export async function makeDebianMirror(suite: string, packages: readonly string[]): Promise<DebianMirror> {
  const folder = await mkdtemp(join(tmpdir(), 'tvm-mirror-'));
  const architecture = hostArchitecture().debian;
  await runTool(
    [
      'mmdebstrap',
      '--quiet',
      '--variant=essential',
      `--include=${packages.join(',')}`,
      // What it downloads is the mirror.
      '--skip=essential/unlink,cleanup/apt',
      '--aptopt=APT::Keep-Downloaded-Packages "true"',
      `--customize-hook=copy-out /var/cache/apt/archives ${folder}`,
      suite,
      '-',
    ],
    { stdoutFile: '/dev/null', environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  const pool = join(folder, 'archives');
  const paragraphs: string[] = [];
  for (const name of (await readdir(pool)).filter((file) => file.endsWith('.deb')).sort()) {
    const content = await readFile(join(pool, name));
    const control = await runTool(['dpkg-deb', '--field', join(pool, name)]);
    paragraphs.push(
      `${control.trim()}\nFilename: archives/${name}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`,
    );
  }
  const index = Buffer.from(paragraphs.join('\n'));
  const path = `main/binary-${architecture}/Packages`;
  const lists = join(folder, 'dists', suite);
  await mkdir(join(lists, `main/binary-${architecture}`), { recursive: true });
  await writeFile(join(lists, path), index);
  await writeFile(
    join(lists, 'Release'),
    [
      `Suite: ${suite}\nCodename: ${suite}\nComponents: main\nArchitectures: ${architecture}`,
      `Date: ${new Date().toUTCString()}\nSHA256:\n ${sha256(index)} ${index.length} ${path}\n`,
    ].join('\n'),
  );
  return {
    line: `[trusted=yes] file:${folder}`,
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true, force: true }),
  };
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
