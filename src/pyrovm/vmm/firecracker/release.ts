import type { Architecture } from '../../../images/architecture.ts';

const VERSION = '1.17.0';

/**
 * SHA-256 of the archives of the official release. Each was found with this value in several public projects that pin it
 * and have nothing to do with one another (docs/firecracker.md). A new version needs the same.
 */
const CHECKSUMS: Readonly<Record<Architecture['machine'], string>> = {
  x86_64: '06094a1108ae9e82aa4c23a775aa92758f53f1175d422270d9d6162cb9ade558',
  aarch64: 'e351ebe4f7a16b5873bbd51005d2e6767103cff4d5ebc829df2d3f95a93e2256',
};

const DOWNLOADS = 'https://github.com/firecracker-microvm/firecracker/releases/download';

/** A release of Firecracker that TVM can get. */
export interface FirecrackerRelease {
  /** Such as `1.17.0`. */
  readonly version: string;
  /** Tells releases and processors apart in the cache. */
  readonly name: string;
  readonly url: string;
  /** Of the archive, lower-case hexadecimal. */
  readonly sha256: string;
  /** Paths of both programs in the archive. */
  readonly members: { readonly firecracker: string; readonly jailer: string };
}

/** The release that `tvm doctor --fix` gets for a processor. */
export function pinnedRelease({ machine }: Pick<Architecture, 'machine'>): FirecrackerRelease {
  const suffix = `v${VERSION}-${machine}`;
  const member = (program: string): string => `release-${suffix}/${program}-${suffix}`;
  return {
    version: VERSION,
    name: `${VERSION}-${machine}`,
    url: `${DOWNLOADS}/v${VERSION}/firecracker-${suffix}.tgz`,
    sha256: CHECKSUMS[machine],
    members: { firecracker: member('firecracker'), jailer: member('jailer') },
  };
}
