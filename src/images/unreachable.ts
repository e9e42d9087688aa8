import { messageOf, TvmError } from '../errors.ts';

/** What tools print when a source cannot be reached or lacks what was asked for, and what that means. */
const SYMPTOMS: readonly (readonly [RegExp, string])[] = [
  [
    /no such host|could not resolve|temporary failure (?:in name resolution|resolving)|ENOTFOUND|EAI_AGAIN|name or service not known/i,
    'its name does not resolve',
  ],
  [/connection refused|ECONNREFUSED/i, 'it refuses the connection'],
  [/network is unreachable|no route to host|ENETUNREACH|EHOSTUNREACH/i, 'there is no route to it'],
  [
    /x509:|certificate (?:verification|has|is)|SSL_ERROR|self.signed certificate|CERT_|handshake failed|TLS handshake (?:error|failure)/i,
    'its TLS certificate is not accepted',
  ],
  [/server gave HTTP response to HTTPS client/i, 'it does not speak TLS (setting oci_plain_http)'],
  [/unauthorized|authentication required|\b403\b|forbidden|denied:/i, 'it denies access'],
  [/toomanyrequests|too many requests|\b429\b/i, 'it has had too many requests'],
  [
    /manifest unknown|name unknown|repository name not known|\bE404\b|404 +not found|does not have a Release file|Failed to stat - stat \(2:/i,
    'it does not have it',
  ],
  [
    /i\/o timeout|timed? ?out|ETIMEDOUT|deadline exceeded|TLS handshake timeout/i,
    'it does not answer in time',
  ],
  [
    /could not connect|unable to connect|connection (?:reset|failed)|ECONNRESET|\b50[234]\b (?:bad|service|gateway)/i,
    'the connection fails',
  ],
];

/** A failure that lies in the network or at the source, not in the recipe. */
export function unreachable(source: string, why: string, cause?: unknown): TvmError {
  return new TvmError('build_failed', `${source} cannot be reached: ${why}`, {
    cause,
    context: {
      unreachable: `${source}: ${why}`,
      remedy:
        'Check the network, or name a mirror that can be reached: docs/images.md, Mirrors, registries, offline.',
    },
  });
}

/** Why an error counts as unreachable, or undefined for any other failure. */
export function unreachableReason(error: unknown): string | undefined {
  if (!(error instanceof TvmError)) return undefined;
  const reason = error.context['unreachable'];
  return typeof reason === 'string' ? reason : undefined;
}

/** Passes on what `work` gives; of its failures those that mean that `source` cannot be reached say so. */
export async function orUnreachable<T>(source: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const symptom =
      error instanceof TvmError && error.code === 'build_failed' ? whyOf(messageOf(error)) : undefined;
    throw symptom === undefined ? error : unreachable(source, symptom, error);
  }
}

function whyOf(message: string): string | undefined {
  return SYMPTOMS.find(([pattern]) => pattern.test(message))?.[1];
}
