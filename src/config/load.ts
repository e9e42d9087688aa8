import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { errnoOf, messageOf, TvmError } from '../errors.ts';
import { tvmPaths } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { environmentName, SETTING_NAMES, settingsSchema } from './schema.ts';
import type { SettingName, Settings } from './schema.ts';

export interface Config {
  readonly settings: Settings;
  readonly paths: Paths;
}

export interface ConfigSources {
  /** Settings given as command line flags; these win over the environment, which wins over the file. */
  readonly flags?: Partial<Record<SettingName, unknown>>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Variables that begin with TVM_ and are no settings: the bootstrap script's own. */
const RESERVED_VARIABLES = new Set(['TVM_NO_INSTALL']);

/**
 * Reads flags, environment and file into one frozen configuration.
 * @throws TvmError `config_invalid` that lists every fault at once, each with its source and key.
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const environment = sources.environment ?? process.env;
  const faults: string[] = [];
  const paths = tvmPaths(baseFolders(environment, faults));
  const layers = [
    readFile(paths.configFile, faults),
    readEnvironment(environment, faults),
    readFlags(sources.flags ?? {}),
  ];

  // Without a prototype: a file may name anything, even `__proto__`.
  const merged = Object.create(null) as Record<string, unknown>;
  const origin = Object.create(null) as Record<string, string>;
  for (const layer of layers) {
    for (const [key, entry] of Object.entries(layer)) {
      merged[key] = entry.value;
      origin[key] = entry.origin;
    }
  }
  const parsed = settingsSchema.safeParse(merged);
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) faults.push(`${origin[key] ?? key}: no such setting${suggest(key)}`);
    } else {
      const key = String(issue.path[0]);
      faults.push(`${origin[key] ?? key}: ${issue.message} (${settingsHelp(key)})`);
    }
  }
  const settings = parsed.data;
  if (settings && settings.port === settings.second_port) {
    faults.push('second_port: must differ from port, or be off');
  }
  if (faults.length > 0 || !settings) {
    throw new TvmError('config_invalid', `invalid configuration:\n  ${faults.join('\n  ')}`);
  }
  return Object.freeze({ settings: Object.freeze(settings), paths: Object.freeze(paths) });
}

type Layer = Record<string, { value: unknown; origin: string }>;

function baseFolders(environment: NodeJS.ProcessEnv, faults: string[]) {
  const home = environment['HOME'] || homedir();
  const folder = (name: string, fallback: string): string => {
    const value = environment[name];
    if (!value) return fallback;
    if (!isAbsolute(value)) faults.push(`${name}: must be an absolute path`);
    return value;
  };
  const state = folder('XDG_STATE_HOME', join(home, '.local', 'state'));
  return {
    config: folder('XDG_CONFIG_HOME', join(home, '.config')),
    cache: folder('XDG_CACHE_HOME', join(home, '.cache')),
    state,
    runtime: folder('XDG_RUNTIME_DIR', join(state, 'tvm', 'run')),
  };
}

function readFile(path: string, faults: string[]): Layer {
  let content: unknown;
  try {
    content = parseYaml(readFileSync(path, 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {};
    const reason = error instanceof YAMLParseError ? error.message.split('\n')[0] : messageOf(error);
    faults.push(`${path}: ${reason}`);
    return {};
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    faults.push(`${path}: must hold settings as "name: value" lines`);
    return {};
  }
  return toLayer(Object.entries(content), (key) => `${path}: ${key}`);
}

function readEnvironment(environment: NodeJS.ProcessEnv, faults: string[]): Layer {
  const byVariable = new Map(SETTING_NAMES.map((name) => [environmentName(name), name]));
  const entries: [string, unknown][] = [];
  // The variable of the Code Execution API guide; TVM_SECURITY_LEVEL wins when both are set.
  if (environment['SECURITY_LEVEL']) entries.push(['security_level', environment['SECURITY_LEVEL']]);
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('TVM_') || RESERVED_VARIABLES.has(variable)) continue;
    const name = byVariable.get(variable);
    if (name === undefined) {
      faults.push(`${variable}: no such setting${suggest(variable.slice(4).toLowerCase())}`);
    } else if (value !== undefined && value !== '') {
      entries.push([name, fromText(value)]);
    }
  }
  const guideOnly = !environment[environmentName('security_level')];
  return toLayer(entries, (key) =>
    key === 'security_level' && guideOnly ? 'SECURITY_LEVEL' : environmentName(key as SettingName),
  );
}

function readFlags(flags: Partial<Record<SettingName, unknown>>): Layer {
  const given = Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, unknown] => [key, typeof value === 'string' ? fromText(value) : value]);
  return toLayer(given, (key) => `--${key.replaceAll('_', '-')}`);
}

function toLayer(entries: [string, unknown][], origin: (key: string) => string): Layer {
  return Object.fromEntries(entries.map(([key, value]) => [key, { value, origin: origin(key) }]));
}

/** Numbers are the only setting type that text cannot carry as it is. */
function fromText(value: string): unknown {
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

function settingsHelp(key: string): string {
  const schema = settingsSchema.shape[key as SettingName] as { description?: string } | undefined;
  return schema?.description ?? 'unknown setting';
}

function suggest(key: string): string {
  const near = SETTING_NAMES.find((name) => name.includes(key) || key.includes(name));
  return near ? `; did you mean ${near}?` : `; known are ${SETTING_NAMES.join(', ')}`;
}
