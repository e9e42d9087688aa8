import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, constants, mkdirSync, openSync, readFileSync } from 'node:fs';
import { realpathSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { parseJailerArguments } from './jailer-arguments.ts';
import type { JailerArguments } from './jailer-arguments.ts';

export interface JailerDoubleOptions {
  readonly version: string;
  /** What it says before it fails in its last step. */
  readonly complaint?: string;
}

const [KVM_MAJOR, KVM_MINOR] = ['10', '232'];

/** What Node is told to load programs by; Firecracker's double is one. */
interface NodeModule {
  _compile(code: string, path: string): void;
}

/**
 * Does as the jailer does, in its order (src/jailer/src/env.rs), but for three things: the new root is only its working
 * directory, so that Node's libraries stay in reach; control groups are left out; and Firecracker, which must be the double,
 * is loaded into this process instead of replacing it.
 */
function main(options: JailerDoubleOptions): void {
  const given = parseJailerArguments(process.argv.slice(2));
  if (given.values.version) {
    process.stdout.write(`Jailer v${options.version}\n\n`);
    return;
  }
  const { program, root } = makeRoot(given, options.version);
  if (options.complaint !== undefined) throw new Error(options.complaint);
  const uid = Number(given.values.uid?.[0]);
  const gid = Number(given.values.gid?.[0]);
  for (const folder of ['.', 'dev', 'dev/net', 'run']) {
    mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, folder), 0o700);
    chownSync(join(root, folder), uid, gid);
  }
  const device = join(root, 'dev/kvm');
  if (spawnSync('mknod', ['-m', '600', device, 'c', KVM_MAJOR, KVM_MINOR]).status !== 0)
    throw new Error('Failed to create /dev/kvm via mknod inside the jail');
  chownSync(device, uid, gid);
  process.chdir(root);
  writeFileSync(`${basename(program)}.pid`, String(process.pid), { flag: 'wx' });
  const code = readFileSync(basename(program), 'utf8');
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  runAs(`/${basename(program)}`, code, [
    ...['--id', given.values.id?.[0] ?? '', '--start-time-us', '1', '--start-time-cpu-us', '1'],
    ...['--parent-cpu-time-us', '1', ...given.extra],
  ]);
}

function makeRoot({ values }: JailerArguments, version: string): { program: string; root: string } {
  const program = realpathSync(values['exec-file']?.[0] ?? '');
  const minor = Number(version.split('.')[1]);
  if (minor >= 2 && minor < 13 && !basename(program).includes('firecracker'))
    throw new Error('Invalid filename. The filename of `--exec-file` option must contain "firecracker"');
  const base = realpathSync(values['chroot-base-dir']?.[0] ?? '/srv/jailer');
  const root = join(base, basename(program), values.id?.[0] ?? '', 'root');
  mkdirSync(root, { recursive: true });
  // Neither by a symbolic link nor into another's file.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
  const copy = openSync(join(root, basename(program)), flags, statSync(program).mode);
  writeSync(copy, readFileSync(program));
  closeSync(copy);
  return { program, root };
}

/** Runs a program of Node in this process. */
function runAs(path: string, code: string, args: readonly string[]): void {
  process.argv = [process.execPath, path, ...args];
  const Module = createRequire('/')('node:module') as new (id: string) => NodeModule;
  new Module(path)._compile(code.replace(/^#!.*/, ''), path);
}

const { jailerDouble } = globalThis as { jailerDouble?: JailerDoubleOptions };
if (jailerDouble) {
  try {
    main(jailerDouble);
  } catch (error) {
    // As Rust's main does: the message, then the error.
    process.stderr.write(`${(error as Error).message}\nError: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
