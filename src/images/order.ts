import { realpath } from 'node:fs/promises';
import { basename, dirname, posix, resolve } from 'node:path';
import { TvmError } from '../errors.ts';
import type { Runtime } from '../runtimes/catalogue.ts';
import { isLabel, LABEL_RULE, splitCustom } from '../runtimes/custom.ts';
import type { RuntimeId } from '../runtimes/schema.ts';
import { runTool } from '../sys/process.ts';
import type { Additions } from './additions.ts';
import type { ImageOrder } from './build.ts';
import { parseOciReference } from './oci.ts';

/** A runtime of a user's own, as the command line describes it. */
export interface CustomRequest {
  readonly name?: string | undefined;
  /** Names of Debian packages, several of them separated by commas or not. */
  readonly with: readonly string[];
  /** `NAME@VERSION` each. */
  readonly withNpm: readonly string[];
  /** `FROM:TO` each. */
  readonly copy: readonly string[];
  readonly oci?: string | undefined;
}

const NEEDS = '--with, --with-npm, --copy or --oci';

/** The guest mounts something else there. */
const COVERED = ['/dev', '/proc', '/sys', '/run', '/tmp', '/workspace'];

/** Whether anything is asked for beside the versions of the catalogue. */
export function isCustom(request: CustomRequest): boolean {
  const { name, oci } = request;
  return (
    name !== undefined ||
    oci !== undefined ||
    [request.with, request.withNpm, request.copy].some((list) => list.length > 0)
  );
}

/**
 * What to build for a user's own runtime on top of a version of the catalogue.
 * @param cwd folder that relative paths are meant in
 * @throws TvmError `invalid_request` naming the option and what is allowed
 */
export async function customOrder(
  runtimes: readonly Runtime[],
  request: CustomRequest,
  options: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<ImageOrder> {
  const [runtime, ...more] = runtimes;
  const { name, oci } = request;
  if (name === undefined)
    throw invalid(`--name: is missing; ${NEEDS} make a runtime of your own, which needs a name`);
  if (!isLabel(name))
    throw invalid(`--name: ${JSON.stringify(name)} is not allowed; it must be ${LABEL_RULE}`);
  if (!runtime || more.length > 0 || splitCustom(runtime.id)) {
    throw invalid('--name: needs exactly one version of the catalogue to begin with, such as python@3.11');
  }
  const packages = request.with.flatMap((names) => names.split(',')).map(checkPackage);
  const npm = request.withNpm.map(checkNpmPackage);
  if (packages.length + npm.length + request.copy.length === 0 && oci === undefined) {
    throw invalid(`--name: needs one of ${NEEDS} beside it`);
  }
  if (oci !== undefined && !parseOciReference(oci)) {
    throw invalid(
      `--oci: ${JSON.stringify(oci)} is not the full name of an image, such as localhost:5000/python:mine`,
    );
  }
  if (packages.length > 0 && (oci !== undefined || runtime.version.image?.base.kind !== 'debian')) {
    throw invalid(
      `--with: Debian packages can only be added to a Debian base; ${oci ?? runtime.id} has none`,
    );
  }
  const copy: Additions['copy'][number][] = [];
  for (const text of request.copy) copy.push(await parseCopy(text, options));
  const additions: Additions = { packages, npm, copy, ...(oci !== undefined && { oci }) };
  return { id: `${runtime.id}-${name}` as RuntimeId, additions };
}

function checkPackage(name: string): string {
  if (/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return name;
  throw invalid(`--with: ${JSON.stringify(name)} is not the name of a Debian package, such as python3-numpy`);
}

function checkNpmPackage(text: string): string {
  if (/^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*@\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/i.test(text)) return text;
  throw invalid(
    `--with-npm: ${JSON.stringify(text)} is not an npm package with its exact version, such as lodash@4.17.21`,
  );
}

async function parseCopy(
  text: string,
  { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<Additions['copy'][number]> {
  const colon = text.lastIndexOf(':');
  const to = posix.normalize(text.slice(colon + 1)).replace(/(?<=.)\/$/, '');
  if (colon < 1 || !to.startsWith('/')) {
    throw invalid(`--copy: ${JSON.stringify(text)} is not FOLDER:PATH with an absolute PATH in the image`);
  }
  if (to === '/' || COVERED.some((folder) => to === folder || to.startsWith(`${folder}/`))) {
    throw invalid(`--copy: ${to} cannot hold a copy; choose a folder such as /opt/data`);
  }
  const named = resolve(cwd, text.slice(0, colon));
  const from = await realpath(named).catch(() => undefined);
  if (from === undefined) throw invalid(`--copy: there is no file or folder ${named}`);
  return { from, to, sha256: await hashOfTree(from, signal) };
}

/** Hash of names, modes and contents. */
async function hashOfTree(path: string, signal: AbortSignal): Promise<string> {
  const pack =
    'tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --file=- --directory="$1" -- "$2"';
  const printed = await runTool(
    ['bash', '-c', `set -o pipefail; ${pack} | sha256sum`, 'bash', dirname(path), basename(path)],
    { signal },
  );
  return printed.split(' ')[0] ?? '';
}

function invalid(message: string): TvmError {
  return new TvmError('invalid_request', message);
}
