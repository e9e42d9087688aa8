import type { RuntimeState } from '../images/states.ts';
import { splitCustom } from '../runtimes/custom.ts';

const INTRODUCTION = `# Runtimes

Every language and version of the catalogue, and how each stands on the machine where this page was made. The command
\`./tvm images list --markdown > docs/runtimes.md\` made it; do not edit it by hand. What the states mean and how an image is
built is in [images.md](images.md).

| runtime | source | exact version | size | state | why |
| --- | --- | --- | --- | --- | --- |
`;

/** The page `docs/runtimes.md`: one row for each version of the catalogue, none for users' own. */
export function runtimesPage(states: readonly RuntimeState[]): string {
  const rows = states
    .filter(({ id }) => !splitCustom(id))
    .map(({ id, source, image, state, reason }) => [
      `\`${id}\``,
      shortSource(source),
      image?.version ?? '-',
      image ? `${(image.sizeBytes / 1e6).toFixed(1)} MB` : '-',
      state,
      reason?.split('\n')[0] ?? '',
    ]);
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`);
  return INTRODUCTION + lines.join('');
}

/** Without what is the same for all: the registry of official images. */
function shortSource(source: string): string {
  return source.replace(/OCI (?:[\w-]+\.)+io\/(?:library\/)?(\S+)/, 'OCI `$1`');
}
