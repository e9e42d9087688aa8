import type { RuntimeState } from '../images/states.ts';
import type { ImageEntry } from '../images/store.ts';
import { splitCustom } from '../runtimes/custom.ts';

type PageState = Pick<RuntimeState, 'id' | 'state' | 'source' | 'reason'> & {
  readonly image: Pick<ImageEntry, 'version' | 'sizeBytes'> | undefined;
};

const INTRODUCTION = `# Runtimes

Every language and version of the catalogue, and how each stands on the machine where this page was made. The command
\`./tvm images list --markdown > docs/runtimes.md\` made it; do not edit it by hand. What the states mean and how an image is
built is in [images.md](images.md).
`;

const NO_HUB = `
That machine had no way to Docker Hub, so what comes from there is \`unreachable\` here; where there is one,
\`tvm images build\` and the name gets it.
`;

const HEAD = `
| runtime | source | exact version | size | state | why |
| --- | --- | --- | --- | --- | --- |
`;

/** The page `docs/runtimes.md`: one row for each version of the catalogue, none for users' own. */
export function runtimesPage(states: readonly PageState[]): string {
  const official = states
    .filter(({ id }) => !splitCustom(id))
    .map((one) => ({ ...one, source: shortSource(one.source) }));
  const rows = official.map(({ id, source, image, state, reason }) => [
    `\`${id}\``,
    source,
    image?.version ?? '-',
    image ? `${(image.sizeBytes / 1e6).toFixed(1)} MB` : '-',
    state,
    reason?.split('\n')[0] ?? '',
  ]);
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`);
  const hub = official.filter(({ source }) => source.startsWith('OCI '));
  const isHubAway = hub.length > 0 && hub.every(({ state }) => state === 'unreachable');
  return INTRODUCTION + (isHubAway ? NO_HUB : '') + HEAD + lines.join('');
}

/** Without what is the same for all: the registry of official images. */
function shortSource(source: string): string {
  return source.replace(/OCI (?:[\w-]+\.)+io\/(?:library\/)?(\S+)/, 'OCI `$1`');
}
