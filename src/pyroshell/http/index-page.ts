import type { FastifyInstance } from 'fastify';
import type { Executor } from '../../pyrovm/engine/execution.ts';
import { LANGUAGES } from '../../runtimes/catalogue.ts';
import { runtimeId } from '../../runtimes/schema.ts';
import { REQUEST_LIMITS } from '../contract.ts';
import { ENDPOINTS } from './endpoints.ts';

/** `GET /`: what this server is and what it offers. */
export function addIndexRoute(
  app: FastifyInstance,
  executor: Pick<Executor, 'installedRuntimes'>,
  version: string,
): void {
  app.get('/', async () => {
    const installed = new Set(await executor.installedRuntimes());
    return {
      name: 'TVM',
      version,
      description: 'Runs untrusted code, each time in a microVM that nobody used before',
      endpoints: ENDPOINTS,
      languages: LANGUAGES.map((language) => ({
        id: language.id,
        name: language.name,
        versions: language.versions.map((entry) => ({
          version: entry.version,
          installed: installed.has(runtimeId(language, entry)),
        })),
      })),
      limits: REQUEST_LIMITS,
    };
  });
}
