import type { Settings } from '../config/schema.ts';

/** Where images come from. */
export interface ImageSources {
  /** Sources line of a Debian mirror without suite, such as `file:/srv/debian`; absent: mmdebstrap's own choice. */
  readonly debianMirror?: string | undefined;
  /** `HOST[:PORT]` of a registry that stands in for docker.io. */
  readonly ociMirror?: string | undefined;
  /** Whether registries beside those on loopback may be asked without TLS. */
  readonly ociPlainHttp?: boolean;
}

/** What every build step takes. */
export interface BuildOptions {
  readonly signal: AbortSignal;
  /** Called with one line when something noteworthy begins or ends. */
  readonly progress: (line: string) => void;
  readonly sources?: ImageSources;
}

/** Where the settings say that images come from. */
export function sourcesOf(settings: Settings): ImageSources {
  return {
    debianMirror: settings.debian_mirror,
    ociMirror: settings.oci_mirror,
    ociPlainHttp: settings.oci_plain_http === 'on',
  };
}
