import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TvmError } from '../errors.ts';
import { loadConfig } from './load.ts';
import type { Config } from './load.ts';
import { environmentName, SETTING_NAMES, settingsSchema } from './schema.ts';
import type { SettingName } from './schema.ts';

let home: string;
let configFile: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tvm-config-'));
  configFile = join(home, '.config', 'tvm', 'config.yaml');
});
afterEach(() => rmSync(home, { recursive: true }));

function writeFile(text: string): void {
  mkdirSync(dirname(configFile), { recursive: true });
  writeFileSync(configFile, text);
}

function load(
  environment: NodeJS.ProcessEnv = {},
  flags: Partial<Record<SettingName, unknown>> = {},
): Config {
  return loadConfig({ environment: { HOME: home, ...environment }, flags });
}

/** The faults that loading names, one per line. */
function faults(...args: Parameters<typeof load>): string[] {
  try {
    load(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(TvmError);
    expect(error).toMatchObject({ code: 'config_invalid' });
    const [head, ...rest] = (error as TvmError).message.split('\n  ');
    expect(head).toBe('invalid configuration:');
    return rest;
  }
  throw new Error('was accepted');
}

describe('the configuration', () => {
  it('is the default of every setting when nothing is said', () => {
    const { settings } = load();
    expect(settings).toEqual(settingsSchema.parse({}));
    expect(settings).toMatchObject({ port: 8080, second_port: 8000, security_level: 'sandbox' });
    expect(settings.max_concurrency).toBeUndefined();
  });

  it('prefers flags to the environment, that to the file, and the file to defaults', () => {
    expect(load().settings.port).toBe(8080);
    writeFile('port: 1001\nqueue_size: 1\nlog_level: debug\n');
    expect(load().settings.port).toBe(1001);
    expect(load({ TVM_PORT: '1002' }).settings.port).toBe(1002);
    const { settings } = load({ TVM_PORT: '1002', TVM_QUEUE_SIZE: '2' }, { port: '1003' });
    expect(settings).toMatchObject({ port: 1003, queue_size: 2, log_level: 'debug', second_port: 8000 });
  });

  it('takes every setting from each of its three sources', () => {
    const other: Record<SettingName, string | number> = {
      host: '0.0.0.0',
      port: 1,
      second_port: 65_535,
      allowed_hosts: 'tvm.example,[fd00::1]',
      allow_unauthenticated: 'anyone-who-reaches-the-port-may-run-code',
      requests_per_second: 6,
      request_burst: 7,
      executions_per_client: 8,
      api_key: `tvm_${'0f'.repeat(32)}`,
      vmm: 'qemu',
      accelerator: 'tcg',
      jail: 'setpriv',
      security_level: 'standard',
      max_concurrency: 3,
      templates: 'off',
      prewarm: 'python@3.11,go@1.19',
      pool_min: 7,
      pool_max: 9,
      queue_size: 0,
      queue_timeout_ms: 1,
      boot_timeout_ms: 2,
      kvm_probe_timeout_ms: 3,
      shutdown_grace_ms: 0,
      output_limit_bytes: 4,
      max_processes: 5,
      log_level: 'warn',
      qemu_bin: '/opt/qemu',
      firecracker_bin: '/opt/firecracker',
      jailer_bin: '/opt/jailer',
      jailer_uids: '3000-3001',
      debian_mirror: 'file:/srv/debian',
      oci_mirror: 'localhost:5000',
      oci_plain_http: 'on',
    };
    expect(Object.keys(other)).toEqual(SETTING_NAMES);
    const variables = Object.entries(other).map(([key, value]) => [
      environmentName(key as SettingName),
      `${value}`,
    ]);
    expect(load(Object.fromEntries(variables) as NodeJS.ProcessEnv).settings).toEqual(other);
    expect(load({}, other).settings).toEqual(other);
    writeFile(JSON.stringify(other));
    expect(load().settings).toEqual(other);
  });

  it('cannot be changed', () => {
    const config = load();
    expect([config, config.settings, config.paths].map((part) => Object.isFrozen(part))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('does not take an absent flag or an empty variable for a value', () => {
    writeFile('port: 1001\n');
    expect(load({ TVM_PORT: '' }, { port: undefined }).settings.port).toBe(1001);
  });

  it('ignores variables of others and of the bootstrap script', () => {
    expect(load({ PORT: '1', TVMX: '1', TVM_NO_INSTALL: '1' }).settings.port).toBe(8080);
  });

  it('reads whole numbers from text, and nothing else as a number', () => {
    expect(load({ TVM_PORT: '0099' }).settings.port).toBe(99);
    for (const text of ['1e3', '0x50', '80.5', ' 80', '80 ', '８０', '+80', 'many']) {
      expect(faults({ TVM_PORT: text })).toEqual([
        expect.stringMatching(/^TVM_PORT: .*\(port of the API\)$/),
      ]);
    }
  });

  it.each([
    ['port', 0],
    ['port', 65_536],
    ['port', 80.5],
    ['port', '80'],
    ['port', null],
    ['queue_size', -1],
    ['max_concurrency', 1025],
    ['output_limit_bytes', 2 ** 26 + 1],
    ['jail', 'none'],
    ['jailer_uids', '20000'],
    ['jailer_uids', '999-2000'],
    ['jailer_uids', '3000-2999'],
    ['jailer_uids', '20000-4294967294'],
    ['host', ''],
    ['second_port', 'on'],
    ['allowed_hosts', 'tvm.example:80'],
    ['allowed_hosts', '*'],
    ['allow_unauthenticated', 'on'],
    ['allow_unauthenticated', true],
    ['requests_per_second', 0],
    ['request_burst', 'off'],
    ['executions_per_client', 0],
    // Longer waits than Node's timers can count, which would fire at once.
    ['queue_timeout_ms', 2 ** 31],
    ['boot_timeout_ms', 2 ** 31],
    ['shutdown_grace_ms', 2 ** 31],
  ])('refuses %s: %j in the file', (key, value) => {
    writeFile(JSON.stringify({ [key]: value }));
    expect(faults()).toEqual([expect.stringMatching(`^${configFile}: ${key}: .+ \\(.+\\)$`)]);
  });

  it('names all faults at once, each with where it comes from', () => {
    writeFile('port: high\nprot: 1\n');
    const found = faults(
      { TVM_QUEUE_SIZE: '-1', TVM_PORTS: '1', XDG_CACHE_HOME: 'cache' },
      { log_level: 'loud', max_processes: '0' },
    );
    expect(found.toSorted()).toEqual([
      expect.stringMatching(/^--log-level: .*\(least level logged\)$/),
      expect.stringMatching(/^--max-processes: /),
      expect.stringMatching(`^${configFile}: port: .*\\(port of the API\\)$`),
      expect.stringMatching(`^${configFile}: prot: no such setting; known are host, port, second_port, `),
      'TVM_PORTS: no such setting; did you mean port?',
      expect.stringMatching(/^TVM_QUEUE_SIZE: /),
      'XDG_CACHE_HOME: must be an absolute path',
    ]);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'refuses a setting named %s like any other unknown one',
    (key) => {
      writeFile(`${key}: {port: 9}\n`);
      expect(faults()).toEqual([
        expect.stringMatching(`^${configFile}: ${key}: no such setting; known are `),
      ]);
    },
  );

  it('refuses the same port twice, whichever source says so', () => {
    const fault = ['second_port: must differ from port, or be off'];
    expect(faults({}, { port: '8000' })).toEqual(fault);
    expect(faults({ TVM_PORT: '9000', TVM_SECOND_PORT: '9000' })).toEqual(fault);
    expect(load({ TVM_PORT: '8000', TVM_SECOND_PORT: 'off' }).settings).toMatchObject({
      port: 8000,
      second_port: 'off',
    });
  });
});

describe('the key of the command line', () => {
  it('is not quoted when it is no key', () => {
    for (const key of ['tvm_hunter2', '77777777', `tvm_${'0F'.repeat(32)}`]) {
      const found = faults({ TVM_API_KEY: key });
      expect(found).toEqual([expect.stringMatching(/^TVM_API_KEY: /)]);
      expect(found[0]).not.toContain(key);
    }
  });
});

describe('the security level', () => {
  it('may come from the variable of the API guide', () => {
    expect(load({ SECURITY_LEVEL: 'restricted' }).settings.security_level).toBe('restricted');
    expect(load({ SECURITY_LEVEL: '' }).settings.security_level).toBe('sandbox');
  });

  it('is that of TVM_SECURITY_LEVEL when both are set, in whatever order', () => {
    const both = { SECURITY_LEVEL: 'restricted', TVM_SECURITY_LEVEL: 'standard' };
    expect(load(both).settings.security_level).toBe('standard');
    expect(
      load({ TVM_SECURITY_LEVEL: 'standard', SECURITY_LEVEL: 'restricted' }).settings.security_level,
    ).toBe('standard');
    expect(load(both, { security_level: 'sandbox' }).settings.security_level).toBe('sandbox');
  });

  it('is refused under the name of the variable that was set', () => {
    expect(faults({ SECURITY_LEVEL: 'none' })).toEqual([expect.stringMatching(/^SECURITY_LEVEL: /)]);
    expect(faults({ TVM_SECURITY_LEVEL: 'none' })).toEqual([expect.stringMatching(/^TVM_SECURITY_LEVEL: /)]);
  });
});

describe('the configuration file', () => {
  it.each(['', '\n', '# nothing\n', '---\n', 'null\n'])('may say nothing: %j', (text) => {
    writeFile(text);
    expect(load().settings.port).toBe(8080);
  });

  it('may switch the second port off without quotes', () => {
    writeFile('second_port: off\n');
    expect(load().settings.second_port).toBe('off');
  });

  it.each(['port: [', 'port: 1\nport: 2\n', 'a: b: c\n', '---\nport: 1\n---\nport: 2\n', '\tport: 1\n'])(
    'with a syntax error is one fault that names it, on one line: %j',
    (text) => {
      writeFile(text);
      const found = faults();
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(new RegExp(`^${configFile}: .+$`));
    },
  );

  it.each(['- port\n', '80\n', 'text\n', 'true\n'])('must hold settings: %j', (text) => {
    writeFile(text);
    expect(faults()).toEqual([`${configFile}: must hold settings as "name: value" lines`]);
  });

  it('that cannot be read is a fault', () => {
    mkdirSync(configFile, { recursive: true });
    expect(faults()).toEqual([expect.stringMatching(`^${configFile}: EISDIR`)]);
  });

  it('lies where XDG_CONFIG_HOME says', () => {
    const config = join(home, 'elsewhere');
    mkdirSync(join(config, 'tvm'), { recursive: true });
    writeFileSync(join(config, 'tvm', 'config.yaml'), 'port: 1001\n');
    expect(load({ XDG_CONFIG_HOME: config }).settings.port).toBe(1001);
  });
});

describe('the folders', () => {
  it('lie in the home folder by default, and where the XDG variables say otherwise', () => {
    expect(load().paths).toMatchObject({
      configFile,
      cacheDir: join(home, '.cache', 'tvm'),
      stateDir: join(home, '.local', 'state', 'tvm'),
      instancesDir: join(home, '.local', 'state', 'tvm', 'run', 'tvm', 'instances'),
    });
    expect(load({ XDG_CACHE_HOME: '/c', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r' }).paths).toMatchObject({
      cacheDir: '/c/tvm',
      logsDir: '/s/tvm/logs',
      daemonFile: '/r/tvm/daemon.json',
    });
    expect(load({ XDG_STATE_HOME: '/s' }).paths.daemonFile).toBe('/s/tvm/run/tvm/daemon.json');
    expect(load({ XDG_CACHE_HOME: '' }).paths.cacheDir).toBe(join(home, '.cache', 'tvm'));
  });

  it.each(['XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'])(
    'must be absolute: %s',
    (name) => {
      expect(faults({ [name]: 'relative/path' })).toEqual([`${name}: must be an absolute path`]);
    },
  );
});
