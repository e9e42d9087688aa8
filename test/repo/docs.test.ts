import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../src/cli/command-tree.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { environmentName, SECRET_SETTINGS, SETTING_NAMES, settingsSchema } from '../../src/config/schema.ts';
import type { SettingName } from '../../src/config/schema.ts';
import { ERROR_CATALOGUE } from '../../src/errors.ts';
import { EngineMetrics, GatewayMetrics } from '../../src/observability/metrics.ts';
import { apiExecuteSchema, executeSchema } from '../../src/pyroshell/contract.ts';
import { apiExecuteReply, executeReply } from '../../src/pyroshell/replies.ts';
import { EXECUTION_STATUSES } from '../../src/pyrovm/engine/execution.ts';
import { LANGUAGES } from '../../src/runtimes/catalogue.ts';
import { fakeResult } from '../doubles/fake-executor.ts';
import { parseExposition } from '../support/exposition.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .sort(),
];

const texts = new Map(pages.map((page) => [page, readFileSync(join(ROOT, page), 'utf8')]));

function textOf(page: string): string {
  const text = texts.get(page);
  if (text === undefined) throw new Error(`no page ${page}`);
  return text;
}

const FENCED = /^```.*\n([\s\S]*?)^```$/gm;

/** Inline code of a page. */
function codeSpans(text: string): string[] {
  return [...text.replaceAll(FENCED, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Lines of the fenced blocks of a page, a command's continuation lines joined to it. */
function codeLines(text: string): string[] {
  return [...text.matchAll(FENCED)].flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'));
}

/** Rows of the first table after a heading, cells as they stand; the heading row is left out. */
function tableAfter(page: string, heading: string): string[][] {
  const [, rest] = textOf(page).split(new RegExp(`^#+ ${heading}\n`, 'm'));
  const lines =
    /(?:^\|.*\n)+/m
      .exec(rest ?? '')?.[0]
      .trim()
      .split('\n') ?? [];
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

const firstColumn = (page: string, heading: string): string[] =>
  tableAfter(page, heading).map(([cell = '']) => cell.replaceAll('`', ''));

const quoted = (value: unknown): string => `\`${String(value)}\``;

describe('docs/configuration.md', () => {
  /** A setting's type in words, from its schema. */
  const describeType = (schema: z.core.JSONSchema.BaseSchema): string => {
    if (schema.anyOf) return schema.anyOf.map((one) => describeType(one)).join(' or ');
    if (schema.const !== undefined) return quoted(schema.const);
    if (schema.enum) return schema.enum.map(quoted).join(', ');
    if (schema.type !== 'integer') return 'text';
    return `${schema.minimum?.toLocaleString('en-US')} to ${schema.maximum?.toLocaleString('en-US')}`;
  };
  const defaults: Partial<Record<SettingName, unknown>> = settingsSchema.parse({});
  const rows = SETTING_NAMES.map((name) => {
    const schema = settingsSchema.shape[name];
    return [
      quoted(name),
      quoted(environmentName(name)),
      SECRET_SETTINGS.has(name) ? 'none' : quoted(`--${name.replaceAll('_', '-')}`),
      describeType(z.toJSONSchema(schema, { io: 'input' })),
      defaults[name] === undefined ? 'none' : quoted(defaults[name]),
      schema.description,
    ];
  });

  it('has every setting with variable, flag, type, default and meaning, and none that does not exist', () => {
    expect(tableAfter('docs/configuration.md', 'Settings')).toEqual(rows);
  });
});

describe('docs/errors.md', () => {
  it('is the error catalogue', () => {
    const rows = Object.entries(ERROR_CATALOGUE).map(([code, { http, grpc, fault, remedy }]) => [
      quoted(code),
      String(http),
      quoted(grpc),
      fault,
      remedy,
    ]);
    expect(tableAfter('docs/errors.md', 'Errors')).toEqual(rows);
  });
});

describe('docs/cli.md', () => {
  it('has the exit codes', () => {
    const rows = tableAfter('docs/cli.md', 'Exit codes').map(([code, name]) => [name, code]);
    expect(rows).toEqual(Object.entries(EXIT).map(([name, code]) => [quoted(name), String(code)]));
  });
});

describe('docs/api.md', () => {
  const options = { encoding: 'utf8', timeLimitMs: 5000 } as const;
  const result = fakeResult({ requestId: 'id', language: 'python' });

  it.each([
    ['Request fields of POST /api/execute', Object.keys(apiExecuteSchema.shape)],
    ['Request fields of POST /execute', Object.keys(executeSchema.shape)],
    ['Reply fields of POST /api/execute', Object.keys(apiExecuteReply(result, options))],
    ['Reply fields of POST /execute', Object.keys(executeReply(result, options))],
    ['Status', [...EXECUTION_STATUSES]],
  ])('%s', (heading, names) => {
    expect(firstColumn('docs/api.md', heading)).toEqual(names);
  });

  it('has every metric with type, labels and meaning', async () => {
    const runtime = {
      statuses: { ok: 1 },
      machines: { pooled: 1, restored: 0, booted: 0 },
      vms: { created: 1, destroyed: 1, failed: 0 },
    };
    const engine = new EngineMetrics(() => ({
      ...{ running: 0, capacity: 1, queued: 0, queueCapacity: 1 },
      idle: { 'python@3.11': 1 },
      templates: { ready: 1 },
      runtimes: new Map([['python@3.11', runtime]]),
    }));
    engine.executed('pooled', result.timings);
    const gateway = new GatewayMetrics();
    gateway.ended({ method: 'GET', route: '/', status: 404, ms: 1, errorCode: 'not_found' });
    const families = [...parseExposition((await engine.text()) + (await gateway.text()))];
    const rows = families
      .filter(([name]) => name.startsWith('tvm_'))
      .map(([name, { type, help, samples }]) => {
        const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
        labels.delete('le');
        return [quoted(name), type, [...labels].map(quoted).join(', '), help];
      });
    expect(tableAfter('docs/api.md', 'Metrics')).toEqual(rows);
  });

  it('has the limits of every language', () => {
    const rows = LANGUAGES.map(({ id, limits }) =>
      [quoted(id), limits.maxMemoryMb, limits.maxCpuCount, limits.maxTimeoutMs].map(String),
    );
    expect(tableAfter('docs/api.md', 'Limits')).toEqual(rows);
  });

  it('has every language with its versions', () => {
    const rows = LANGUAGES.map(({ id, aliases, fileName, versions }) => [
      quoted(id),
      aliases.map(quoted).join(', '),
      quoted(fileName),
      versions.map(({ version }) => quoted(version)).join(', '),
    ]);
    expect(tableAfter('docs/api.md', 'Languages')).toEqual(rows);
  });
});

describe('docs/architecture.md', () => {
  it('has the layers of the layer test', () => {
    const source = readFileSync(join(ROOT, 'test/repo/layers.test.ts'), 'utf8');
    const [, list = ''] = /const LAYERS[^=]*= \[\n([\s\S]*?)^\];/m.exec(source) ?? [];
    const names = [...list.matchAll(/^ {2}\['([^']+)'/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(firstColumn('docs/architecture.md', 'Layers')).toEqual(names);
  });

  it('gives the job of every folder of src/', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `src/${entry.name}`);
    expect(firstColumn('docs/architecture.md', 'Folders')).toEqual(expect.arrayContaining(folders));
  });
});

/** Paths of the repository's files and folders, without what is built or downloaded. */
const entries = readdirSync(ROOT, { recursive: false, withFileTypes: true })
  .filter(({ name }) => !['.git', 'node_modules', 'dist'].includes(name))
  .flatMap((entry) => [
    entry.name,
    ...(entry.isDirectory()
      ? readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map((name) =>
          join(entry.name, name),
        )
      : []),
  ]);

const TOP_FOLDER = /^(?:\.ci|docs|guest|protocol|src|test)\//;
const ROOT_FILE = /^[\w.-]+\.(?:json|md|ts|txt)$/;

function isRepositoryPath(code: string): boolean {
  return TOP_FOLDER.test(code) && /^[\w./*@-]+$/.test(code);
}

/** `*` stands for part of a name, `**` for any folders. */
function existsInRepository(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(ROOT, path));
  const pattern = path
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.+/)?'));
  return entries.some((entry) => new RegExp(`^${pattern}$`).test(entry));
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.replaceAll(FENCED, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The words after `tvm` of each command line in a page's code, up to what belongs to a program or another command. */
function commandLines(text: string): string[][] {
  const found = [...codeSpans(text), ...codeLines(text)].flatMap((code) => [
    ...code.matchAll(/(?:^|[|;&] ?|[$] |\w=\S+ |time )(?:\.\/)?tvm ((?! )[^|;&#>]+)/g),
  ]);
  return found
    .map(([, rest = '']) => (rest.split(/ -- | --$/)[0] ?? '').trim().split(/\s+/))
    .filter(([word = '']) => /^[-a-z]/.test(word));
}

/** What of a command line the command tree does not know. */
function unknownWords(program: Command, words: readonly string[]): string[] {
  let command = program;
  const unknown: string[] = [];
  for (const [index, word] of words.entries()) {
    const flag = /^--?[a-z][\w-]*/.exec(word)?.[0];
    if (flag) {
      const isKnown =
        ['-h', '--help'].includes(flag) ||
        command.options.some(({ long, short }) => flag === long || flag === short);
      if (!isKnown) unknown.push(flag);
    } else if (command.commands.length > 0) {
      const next = command.commands.find((child) => child.name() === word);
      if (next) command = next;
      else if (index === 0 || command !== program) unknown.push(word);
    }
  }
  return unknown;
}

const program = createProgram(
  () => {},
  () => {},
);

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  it('names only files that exist', () => {
    const named = codeSpans(text).filter((code) => isRepositoryPath(code));
    expect(named.filter((path) => !existsInRepository(path))).toEqual([]);
    const rootFiles = codeSpans(text).filter((code) => ROOT_FILE.test(code));
    // Names of a user's files, and of TVM's own outside the repository.
    const others = /^(?:main\.ts|config\.yaml|daemon\.json|kernel\.json|keys\.json|probe\.json)$/;
    expect(rootFiles.filter((name) => !others.test(name) && !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('links only to what exists', () => {
    const links = [...text.replaceAll(FENCED, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, target), 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('prints only commands and flags that exist', () => {
    const wrong = commandLines(text).filter((words) => unknownWords(program, words).length > 0);
    expect(wrong).toEqual([]);
  });

  it('names scripts of package.json that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names no host but this one, and no path of somebody’s machine', () => {
    const hosts = [...text.matchAll(/\bhttps?:\/\/([^/\s:`"')]+)/g)].map(([, host = '']) => host);
    expect(hosts.filter((host) => !['localhost', '127.0.0.1'].includes(host))).toEqual([]);
    expect(text).not.toMatch(
      /\b(?:[\w-]+\.)*(?:npmjs|debian|pypi|docker|ghcr|github)\.(?:org|com|io|net)\b/i,
    );
    expect(text).not.toMatch(/(?<![\w.~$])\/(?:work|root|home|Users)\/[\w.]/);
  });
});

describe('the checks of the pages', () => {
  it.each([
    ['an unknown command', '`tvm frobnicate`', 1],
    ['an unknown subcommand', '`tvm images frobnicate`', 1],
    ['an unknown flag, also of a setting', '`echo x | ./tvm run x.py --prot 1`', 1],
    ['nothing of the program’s own words', '`tvm run x.py --stdin - -- --prot`', 0],
    ['no output that begins like a command', '```\ntvm        healthy\ntvm: frobnicate\n```\n', 0],
  ])('find %s', (_what, text, count) => {
    const wrong = commandLines(text).filter((words) => unknownWords(program, words).length > 0);
    expect(wrong).toHaveLength(count);
  });

  it('see every command in the pages', () => {
    const seen = new Set(pages.flatMap((page) => commandLines(textOf(page)).map(([word]) => word)));
    for (const { name } of program.commands.map((command) => ({ name: command.name() }))) {
      expect([...seen]).toContain(name);
    }
  });

  it('find a file that does not exist', () => {
    expect(isRepositoryPath('src/nowhere.ts')).toBe(true);
    expect(existsInRepository('src/nowhere.ts')).toBe(false);
    expect(existsInRepository('src/**/*.test.ts')).toBe(true);
    expect(existsInRepository('guest/*.c')).toBe(true);
    expect(existsInRepository('guest/*.rs')).toBe(false);
  });
});
