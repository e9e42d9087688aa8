import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeId } from '../../src/runtimes/schema.ts';
import { parseRuntimeId } from '../../src/runtimes/catalogue.ts';
import { eventually, startEngine, temporaryFolder, TESTED_VERSIONS } from '../support/real-host.ts';
import { sizeOf } from '../support/size.ts';
import { Turns } from '../support/turns.ts';

const EXECUTIONS = sizeOf('isolation: executions per runtime that draw at random', 25, 200);
const AFTERWARDS = sizeOf('isolation: executions per runtime that look for traces', 12, 100);
const CLOCK_TOLERANCE_S = 1;

type LanguageName = 'python' | 'javascript';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let embedded: Awaited<ReturnType<typeof startEngine>>;
let installed: readonly RuntimeId[];

beforeAll(async () => {
  folder = await temporaryFolder();
  embedded = await startEngine(folder.path);
  await embedded.engine.prepareInstalled();
  installed = Object.entries(TESTED_VERSIONS).map(([id, version]) => parseRuntimeId(`${id}@${version}`).id);
  // Else many machines would be booted, which shows less.
  const languages = installed.map((id) => parseRuntimeId(id).language.id);
  const { engine } = embedded;
  const isStocked = (): boolean => {
    const pools = engine.pools().pool_status;
    return languages.every((language) => (pools[language]?.available ?? 0) > 0);
  };
  await eventually(isStocked, 'clones of every language wait');
});

afterAll(async () => {
  await embedded[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function run(id: RuntimeId, code: string): Promise<{ out: string; sent: number; received: number }> {
  const { language, version } = parseRuntimeId(id);
  const sent = Date.now() / 1000;
  const result = await embedded.engine.execute(
    {
      requestId: randomUUID(),
      language: language.id,
      languageVersion: version.version,
      code,
      limits: { timeoutMs: 30_000 },
    },
    { signal: new AbortController().signal },
  );
  expect(result.stderr.toString()).toBe('');
  expect(result.status).toBe('ok');
  return { out: result.stdout.toString(), sent, received: Date.now() / 1000 };
}

function installedOf(language: LanguageName): readonly RuntimeId[] {
  return installed.filter((id) => id.startsWith(`${language}@`));
}

/** What two executions draw: all of it must differ but `time` and what {@link FEW} names. */
const DRAWS: Readonly<Record<LanguageName, string>> = {
  python: `
import json, os, random, secrets, ssl, tempfile, time, uuid
print(json.dumps({
    "time": time.time(), "hash": hash("x"), "random": random.random(), "uuid4": str(uuid.uuid4()),
    "uuid1": str(uuid.uuid1()), "urandom": os.urandom(8).hex(), "getrandom": os.getrandom(8).hex(),
    "secrets": secrets.token_hex(8), "openssl": ssl.RAND_bytes(8).hex(), "tempfile": tempfile.mktemp(),
    "hostname": os.uname().nodename, "machine id": open("/etc/machine-id").read(),
    "boot id": open("/proc/sys/kernel/random/boot_id").read(), "uuid": open("/proc/sys/kernel/random/uuid").read(),
    "generator": random.Random().random(), "system": random.SystemRandom().random(),
}))
`,
  javascript: `
const [crypto, fs, os, vm] = ['crypto', 'fs', 'os', 'vm'].map((name) => require(name));
const { Worker } = require('worker_threads');
const code = 'require("worker_threads").parentPort.postMessage([Math.random(), require("crypto").randomUUID()])';
new Worker(code, { eval: true }).on('message', ([worker, workerUuid]) => console.log(JSON.stringify({
  time: Date.now() / 1000, random: Math.random(), uuid: crypto.randomUUID(), worker, 'UUID of a worker': workerUuid,
  bytes: crypto.randomBytes(8).toString('hex'), 'web crypto': crypto.webcrypto.getRandomValues(new Uint8Array(8)).join(),
  int: crypto.randomInt(2 ** 47), key: crypto.generateKeySync('hmac', { length: 64 }).export().toString('hex'),
  context: vm.runInNewContext('Math.random()'), hostname: os.hostname(), folder: fs.mkdtempSync('/tmp/x'),
  'machine id': fs.readFileSync('/etc/machine-id', 'utf8'),
  'boot id': fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'),
})));
`,
};

/**
 * What was drawn when the interpreter started, before the snapshot, and has but few values: Python's hash seed (one for each
 * interpreter that waits), and Math.random in further contexts of V8, whose generator goes on from one of 1024 places.
 */
const FEW: ReadonlySet<string> = new Set(['hash', 'context']);

describe.each(['python', 'javascript'] as const)('executions of %s', (language) => {
  it('draw nothing twice, and know the time', { timeout: 600_000 }, async () => {
    const turns = new Turns(2);
    for (const id of installedOf(language)) {
      const drawn = await Promise.all(
        Array.from({ length: EXECUTIONS }, async () =>
          turns.take(async () => {
            const { out, sent, received } = await run(id, DRAWS[language]);
            const { time, ...draws } = JSON.parse(out) as Record<string, string | number>;
            expect(Number(time)).toBeGreaterThan(sent - CLOCK_TOLERANCE_S);
            expect(Number(time)).toBeLessThan(received + CLOCK_TOLERANCE_S);
            return draws;
          }),
        ),
      );
      const different = Object.keys(drawn[0] ?? {}).map(
        (key) => [key, new Set(drawn.map((draws) => draws[key])).size] as const,
      );
      process.stdout.write(`${id}: ${different.map(([key, size]) => `${key} ${size}`).join(', ')}\n`);
      expect(different.length).toBeGreaterThan(10);
      for (const [key, size] of different) {
        const least = FEW.has(key) ? 2 : EXECUTIONS;
        expect(size, `different values of ${key}, ${id}`).toBeGreaterThanOrEqual(least);
      }
    }
  });
});

/** Each tells what it finds and then leaves all that it can. */
const TRACES: Readonly<Record<LanguageName, string>> = {
  python: `
import ctypes, os, resource, subprocess, time
found = [sorted(os.listdir(folder)) for folder in (".", "/tmp", "/dev/shm", "/run", "/dev", "/dev/mqueue") if os.path.isdir(folder)]
programs = []
for entry in os.listdir("/proc"):
    try:
        programs.append(open(f"/proc/{entry}/cmdline").read()) if entry.isdigit() else None
    except OSError as error:
        programs.append(type(error).__name__)
shared = open("/proc/sysvipc/shm").read().count("\\n") if os.path.exists("/proc/sysvipc/shm") else 0
print(found, sorted(filter(None, programs)), sorted(os.environ.items()), oct(os.umask(0)), os.nice(0), shared)
print(resource.getrlimit(resource.RLIMIT_NOFILE), os.getcwd(), len(os.listdir("/proc/self/fd")), os.uname().sysname)
for path in ("left", ".left", "/tmp/left", "/dev/shm/left", "/var/tmp/left", "/run/left", "/etc/left"):
    try:
        open(path, "w").write("x")
    except OSError:
        pass
os.environ["LEFT"] = "x"
os.putenv("PATH", "/left")
os.nice(5)
resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
ctypes.CDLL(None).shmget(0x7E57, 4096, 0o1666)
subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
os.chdir("/tmp")
os.remove("/workspace/main.py")
`,
  javascript: `
const fs = require('fs');
const os = require('os');
const folders = ['.', '/tmp', '/dev/shm', '/run', '/dev'];
const programs = fs.readdirSync('/proc').filter((name) => Number(name)).map((pid) => {
  try {
    return fs.readFileSync(\`/proc/\${pid}/cmdline\`, 'utf8');
  } catch (error) {
    return error.code;
  }
});
const found = folders.map((folder) => fs.readdirSync(folder).sort());
console.log(JSON.stringify([found, programs.filter(Boolean).sort(), process.env, process.umask(), os.getPriority()]));
console.log(process.cwd(), fs.readdirSync('/proc/self/fd').length, Object.keys(globalThis).join());
for (const path of ['left', '.left', '/tmp/left', '/dev/shm/left', '/var/tmp/left', '/run/left', '/etc/left']) {
  try {
    fs.writeFileSync(path, 'x');
  } catch {}
}
process.env.LEFT = 'x';
process.env.PATH = '/left';
globalThis.left = 1;
Object.prototype.left = 1;
os.setPriority(5);
process.umask(0);
require('child_process').spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();
process.chdir('/tmp');
fs.unlinkSync('/workspace/main.js');
`,
};

describe.each(['python', 'javascript'] as const)('an execution of %s', (language) => {
  it('finds no file, process, environment or limit of an earlier one', { timeout: 600_000 }, async () => {
    for (const id of installedOf(language)) {
      const { out: first } = await run(id, TRACES[language]);
      expect(first).not.toContain('left');
      expect(first).not.toContain('sleep');
      const turns = new Turns(2);
      const later = Array.from({ length: AFTERWARDS }, async () =>
        turns.take(async () => (await run(id, TRACES[language])).out),
      );
      for (const out of await Promise.all(later)) expect(out).toBe(first);
    }
  });
});
