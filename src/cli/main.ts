import { fileURLToPath } from 'node:url';
import { runCli } from './run-cli.ts';

const exitCode = await runCli({
  argv: process.argv.slice(2),
  entry: fileURLToPath(import.meta.url),
  loadEngine: async () => import('../main.ts'),
});
process.exit(exitCode);
