import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { TvmError } from '../errors.ts';
import { runTool } from '../sys/process.ts';
import type { BuildOptions } from './build-options.ts';
import { orUnreachable, unreachable } from './unreachable.ts';

/** A registry that does not answer within this time, in ms, counts as unreachable. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Longest time to get an image, and to unpack it, in ms. */
const COPY_TIMEOUT_MS = 60 * 60_000;
const UNPACK_TIMEOUT_MS = 15 * 60_000;

/** An OCI image by its full name, taken apart. */
export interface OciReference {
  /** `HOST[:PORT]` */
  readonly registry: string;
  readonly repository: string;
  /** `:TAG` or `@DIGEST` */
  readonly revision: string;
}

const REFERENCE =
  /^((?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?|localhost(?::\d+)?|[a-z0-9-]+:\d+|\[[0-9a-f:]+\](?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(:\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})?$/;

/** Takes a reference apart, or returns undefined for a text that is no full name of an image. */
export function parseOciReference(text: string): OciReference | undefined {
  const [, registry, repository, revision = ':latest'] = REFERENCE.exec(text) ?? [];
  return registry === undefined || repository === undefined ? undefined : { registry, repository, revision };
}

/**
 * Makes `folder` the root file system of an OCI image, for the platform of this host.
 * @param scratch folder for the download
 * @returns the image by the digest of its manifest
 * @throws TvmError `build_failed`, marked as unreachable where the registry is or lacks the image; `host_unready`
 *   without skopeo or umoci
 */
export async function unpackOci(
  reference: string,
  folder: string,
  scratch: string,
  { signal, sources = {} }: BuildOptions,
): Promise<string> {
  const parsed = parseOciReference(reference);
  if (!parsed) throw new TvmError('build_failed', `${reference}: not the full name of an OCI image`);
  const { repository, revision } = parsed;
  const registry = (parsed.registry === 'docker.io' && sources.ociMirror) || parsed.registry;
  const isPlain = sources.ociPlainHttp === true || isLoopback(registry);
  const source = `the registry of ${repository}${revision}`;

  // The manifest first: it is small, so that a registry which does not answer is told from a slow download.
  const manifest = await orUnreachable(
    source,
    runTool(
      [
        'skopeo',
        ...['--command-timeout', `${ANSWER_TIMEOUT_MS - 5000}ms`],
        ...['inspect', '--raw', `--tls-verify=${!isPlain}`],
        `docker://${registry}/${repository}${revision}`,
      ],
      { signal, timeoutMs: ANSWER_TIMEOUT_MS },
    ).catch((error: unknown) => {
      if (error instanceof TvmError && error.message.startsWith('skopeo was killed')) {
        throw unreachable(source, 'it does not answer in time', error);
      }
      throw error;
    }),
  );
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  if (revision.startsWith('@') && revision !== `@${digest}`) {
    throw new TvmError('build_failed', `${source} gave another image, ${digest}`);
  }
  const layout = `${join(scratch, 'oci')}:image`;
  await orUnreachable(
    source,
    runTool(
      [
        'skopeo',
        '--insecure-policy',
        ...['--tmpdir', scratch],
        ...['copy', '--quiet', `--src-tls-verify=${!isPlain}`],
        `docker://${registry}/${repository}@${digest}`,
        `oci:${layout}`,
      ],
      { signal, timeoutMs: COPY_TIMEOUT_MS },
    ),
  );
  const bundle = join(scratch, 'bundle');
  await runTool(['umoci', '--log=error', 'unpack', '--rootless', '--image', layout, bundle], {
    signal,
    timeoutMs: UNPACK_TIMEOUT_MS,
  });
  // An image may have folders that even their owner may not write to, and files that it may not read.
  await runTool(['chmod', '--recursive', 'u+rwX', join(bundle, 'rootfs')], { signal });
  await rename(join(bundle, 'rootfs'), folder);
  return `${parsed.registry}/${repository}@${digest}`;
}

/** What never leaves this machine needs no TLS. */
function isLoopback(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(registry);
}
