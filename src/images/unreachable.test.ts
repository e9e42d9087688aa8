import { expect, it } from 'vitest';
import { TvmError } from '../errors.ts';
import { orUnreachable, unreachableReason } from './unreachable.ts';

async function reasonOf(output: string): Promise<string | undefined> {
  const failing = Promise.reject(new TvmError('build_failed', `tool ended with code 1: ${output}`));
  return orUnreachable('the mirror', failing).then(
    () => 'did not fail',
    (error: unknown) => unreachableReason(error),
  );
}

it.each([
  ['Get "x": dial tcp: lookup y on 1.2.3.4:53: no such host', 'its name does not resolve'],
  ["W: Failed to fetch http://x  Temporary failure resolving 'x'", 'its name does not resolve'],
  ['npm ERR! code ENOTFOUND', 'its name does not resolve'],
  ['dial tcp 127.0.0.1:1: connect: connection refused', 'it refuses the connection'],
  ['Could not connect to x:80 (1.2.3.4). - connect (111: Connection refused)', 'it refuses the connection'],
  ['connect: network is unreachable', 'there is no route to it'],
  [
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'its TLS certificate is not accepted',
  ],
  ['Certificate verification failed: The certificate is NOT trusted.', 'its TLS certificate is not accepted'],
  ['http: server gave HTTP response to HTTPS client', 'it does not speak TLS (setting oci_plain_http)'],
  ["E: The repository 'http://x bullseye Release' does not have a Release file.", 'it does not have it'],
  ['Err:4 http://x bullseye/main amd64 Packages  404  Not Found [IP: 1.2.3.4 80]', 'it does not have it'],
  [
    'E: Failed to fetch copy:/x/Packages  Failed to stat - stat (2: No such file or directory)',
    'it does not have it',
  ],
  ['manifest unknown: manifest unknown', 'it does not have it'],
  ['net/http: TLS handshake timeout', 'it does not answer in time'],
  ['context deadline exceeded', 'it does not answer in time'],
  ['requested access to the resource is denied: unauthorized', 'it denies access'],
])('%s', async (output, why) => {
  expect(await reasonOf(output)).toBe(`the mirror: ${why}`);
});

it.each([
  'E: Unable to locate package nonsense',
  'dpkg: error processing package x (--configure)',
  'main.c:404: error: certificate of x',
  'Release file is expired (invalid since 15d 1h 2min 3s)',
  'no space left on device',
])('is a failure of another kind: %s', async (output) => {
  expect(await reasonOf(output)).toBeUndefined();
});

it('leaves other errors and results alone', async () => {
  const missing = new TvmError('host_unready', 'skopeo is not installed: connection refused');
  await expect(orUnreachable('x', Promise.reject(missing))).rejects.toBe(missing);
  expect(await orUnreachable('x', Promise.resolve(1))).toBe(1);
  expect(unreachableReason(new Error('x'))).toBeUndefined();
});
