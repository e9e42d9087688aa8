import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import type { GuestScript } from '../../../test/doubles/fake-driver.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { STAGING_PREFIX } from '../../sys/staging.ts';
import type { VmSpec } from '../vmm/driver.ts';
import type { MachineShape } from './shape.ts';
import { TemplateStore } from './store.ts';
import type { Template } from './store.ts';

const SHAPE: MachineShape = { runtime: 'python@3.11', memoryMb: 128, cpuCount: 1 };
const forever = new AbortController().signal;

let folder: string;
let templates: string;
let spec: Omit<VmSpec, 'id'>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-templates-'));
  templates = join(folder, 'templates');
  const file = (name: string): string => {
    writeFileSync(join(folder, name), name);
    return join(folder, name);
  };
  const boot = { kernel: file('kernel'), initrd: file('initrd') };
  spec = { memoryMb: 240, cpuCount: 1, boot, rootfs: file('rootfs') };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A store with a monitor whose guests follow a script. */
function setUp(script: GuestScript = {}, bootTimeoutMs = 60_000) {
  const driver = new FakeDriver(script, { clones: true });
  const log = recordingLogger();
  const { snapshots } = driver;
  if (!snapshots) throw new Error('the driver cannot clone');
  let machines = 0;
  const newVmId = (): string => `template-${(machines += 1)}`;
  const options = { driver, snapshots, folder: templates, bootTimeoutMs, logger: log.logger, newVmId };
  return { store: new TemplateStore(options), driver, log };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

/** Sets a file's times without touching its content. */
function touch(path: string): void {
  utimesSync(path, 1, 1);
}

const names = (): string[] => (existsSync(templates) ? readdirSync(templates).sort() : []);

describe('making a template', () => {
  it('gives what loading gives later, in another process, too', async () => {
    const { store, driver, log } = setUp();
    expect(await store.load(SHAPE, spec, forever)).toBeUndefined();
    const made = await store.make(SHAPE, spec, forever);
    expect(made.spec).toEqual(spec);
    expect(made.nonce).toEqual(Buffer.alloc(16, 7));
    expect(readFileSync(made.files.memory, 'utf8')).toBe('memory of template-1');
    expect(readFileSync(made.files.state, 'utf8')).toBe('state of template-1');
    expect(await setUp().store.load(SHAPE, spec, forever)).toEqual(made);
    expect(driver.vms.map((vm) => [vm.role, vm.spec])).toEqual([['template', { ...spec, id: 'template-1' }]]);
    expect(driver.living).toBe(0);
    expect(await log.line('template made')).toMatchObject({ template: 'python@3.11-128m-1c' });
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('says what is being done, and when it begins and ends', async () => {
    const { store, log } = setUp();
    const phases: string[] = [];
    await store.make(SHAPE, spec, forever, (phase) => void phases.push(phase));
    expect(phases.filter((phase) => phase !== 'starting interpreter')).toEqual([
      'booting',
      'saving',
      'checking',
    ]);
    const template = 'python@3.11-128m-1c';
    expect(log.lines).toMatchObject([
      { level: 'info', template, msg: 'making a template' },
      { level: 'info', template, msg: 'template made' },
    ]);
  });

  it('keeps all but its owner out, and everyone from writing', async () => {
    const { store } = setUp({
      boot: () => {
        // The VM process is another user and must be able to write to them; the folder keeps others out.
        const [staging = ''] = names();
        expect(statSync(join(templates, staging)).mode & 0o777).toBe(0o700);
        for (const name of ['memory', 'state']) {
          expect(statSync(join(templates, staging, 'finished', name)).mode & 0o777).toBe(0o666);
        }
      },
    });
    const { files } = await store.make(SHAPE, spec, forever);
    expect(statSync(dirname(files.memory)).mode & 0o777).toBe(0o700);
    for (const file of [files.memory, files.state]) expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(readdirSync(dirname(files.memory)).sort()).toEqual(['memory', 'state', 'template.json']);
  });

  it('takes the place of a damaged one and of the old ones of its shape, and of no others', async () => {
    const { store } = setUp();
    const other: MachineShape = { ...SHAPE, cpuCount: 10 };
    const kept = await store.make(other, { ...spec, cpuCount: 10 }, forever);
    const old = await store.make(SHAPE, spec, forever);
    touch(spec.boot.kernel);
    const current = await store.make(SHAPE, spec, forever);
    expect(existsSync(old.files.memory)).toBe(false);
    expect(existsSync(kept.files.memory)).toBe(true);
    expect(names()).toHaveLength(2);
    expect(dirname(current.files.memory)).not.toBe(dirname(old.files.memory));

    rmSync(current.files.state);
    const again = await store.make(SHAPE, spec, forever);
    expect(again.files).toEqual(current.files);
    expect(readFileSync(again.files.memory, 'utf8')).toBe('memory of template-4');
  });

  it.each<[string, GuestScript, string]>([
    ['closes the channel', { greet: (guest) => guest.close() }, 'the guest is gone'],
    ['speaks another generation', { greet: (guest) => guest.hello({ version: 3 }) }, 'generation 3'],
    ['has no root file system', { greet: (guest) => guest.hello({ flags: 0 }) }, 'no root file system'],
    ['greets with garbage', { greet: (guest) => guest.raw(Buffer.alloc(9, 0xff)) }, 'broke the protocol'],
    [
      'cannot be saved',
      {
        save: () => {
          throw new Error('disk full');
        },
      },
      'disk full',
    ],
  ])(
    'of a machine that %s is vm_failed, with the facts in the log, and leaves nothing',
    async (_what, script, why) => {
      const { store, driver } = setUp(script);
      const error = await failure(store.make(SHAPE, spec, forever));
      expect(error).toMatchObject({
        code: 'vm_failed',
        message: expect.stringContaining(why) as string,
        context: { vm_id: 'template-1', console: 'end of the console', stderr: 'end of stderr' },
      });
      expect([driver.living, names()]).toEqual([0, []]);
    },
  );

  it.each<[string, GuestScript]>([
    ['whose agent is silent', { greet: () => {} }],
    ['that is never saved', { save: async () => new Promise(() => {}) }],
  ])('of a machine %s is vm_failed after the boot timeout, and leaves nothing', async (_what, script) => {
    const { store, driver } = setUp(script, 10);
    expect(await failure(store.make(SHAPE, spec, forever))).toMatchObject({ code: 'vm_failed' });
    expect([driver.living, names()]).toEqual([0, []]);
  });

  it('that the monitor refuses is what it says, and leaves nothing', async () => {
    const refusal = new Error('no qemu');
    const { store } = setUp({
      boot: () => {
        throw refusal;
      },
    });
    expect(await failure(store.make(SHAPE, spec, forever))).toBe(refusal);
    expect(names()).toEqual([]);
  });

  it('leaves an older one alone when it fails', async () => {
    const { store, driver } = setUp();
    const old = await store.make(SHAPE, spec, forever);
    driver.script = { greet: (guest) => guest.close() };
    await failure(store.make(SHAPE, spec, forever));
    expect(await store.load(SHAPE, spec, forever)).toEqual(old);
  });

  const reason = new Error('changed my mind');
  it.each<[string, (abort: () => void) => GuestScript]>([
    ['while the process starts', (abort) => ({ boot: abort })],
    ['while the guest boots', (abort) => ({ greet: abort })],
    ['while it is saved', (abort) => ({ save: async () => (abort(), new Promise(() => {})) })],
  ])('that is aborted %s throws the reason and leaves nothing', async (_when, script) => {
    const client = new AbortController();
    const { store, driver } = setUp(script(() => client.abort(reason)));
    expect(await failure(store.make(SHAPE, spec, client.signal))).toBe(reason);
    expect([driver.vms.length, driver.living, names()]).toEqual([1, 0, []]);
  });

  it('that is aborted before it begins writes nothing and boots nothing', async () => {
    const { store, driver } = setUp();
    expect(await failure(store.make(SHAPE, spec, AbortSignal.abort(reason)))).toBe(reason);
    expect([driver.vms, existsSync(templates)]).toEqual([[], false]);
  });

  it('shows nothing half-made while it goes on', async () => {
    const seen: (Template | undefined)[] = [];
    const { store } = setUp({
      save: async () => {
        seen.push(await setUp().store.load(SHAPE, spec, forever));
        expect(names().every((name) => name.startsWith(STAGING_PREFIX))).toBe(true);
      },
    });
    await store.make(SHAPE, spec, forever);
    expect(seen).toEqual([undefined]);
  });
});

describe('two TVMs that make the same template', () => {
  /** A guest of its own says another nonce. */
  const nonce = Buffer.alloc(16, 9);

  it('have the one that was finished first, and keep it when the other’s clones fail', async () => {
    const first = setUp();
    let winner: Template | undefined;
    const second = setUp({
      greet: (guest) => guest.hello({ nonce }),
      save: async () => {
        winner = await first.store.make(SHAPE, spec, forever);
      },
    });
    const made = await second.store.make(SHAPE, spec, forever);
    expect(made).toEqual(winner);
    expect(made.nonce).not.toEqual(nonce);
    await second.store.discard({ ...made, nonce });
    expect(await first.store.load(SHAPE, spec, forever)).toEqual(winner);
  });
});

describe('loading a template', () => {
  it.each<[string, (files: Template['files'], record: string) => void]>([
    ['memory is truncated', ({ memory }) => truncateSync(memory, 3)],
    ['memory is empty', ({ memory }) => truncateSync(memory, 0)],
    ['memory has another byte', ({ memory }) => writeFileSync(memory, 'Memory of template-1')],
    ['memory has a byte more', ({ memory }) => appendFileSync(memory, 'x')],
    ['state is truncated', ({ state }) => truncateSync(state, 3)],
    ['state has another byte', ({ state }) => writeFileSync(state, 'State of template-1')],
    ['record is truncated', (_, record) => truncateSync(record, 20)],
    ['record is empty', (_, record) => truncateSync(record, 0)],
    ['record is no record', (_, record) => writeFileSync(record, '[]')],
    [
      'record has a nonce that is too short',
      (_, record) => writeFileSync(record, readFileSync(record, 'utf8').replace('0707', '')),
    ],
  ])('whose %s gives nothing, and that is logged', async (_what, damage) => {
    const { store, log } = setUp();
    const { files } = await store.make(SHAPE, spec, forever);
    damage(files, join(dirname(files.memory), 'template.json'));
    expect(await store.load(SHAPE, spec, forever)).toBeUndefined();
    expect(await log.line('template damaged')).toMatchObject({ folder: dirname(files.memory) });
  });

  it.each(['memory', 'state', 'template.json'])('that lacks its %s gives nothing', async (name) => {
    const { store } = setUp();
    const { files } = await store.make(SHAPE, spec, forever);
    rmSync(join(dirname(files.memory), name));
    expect(await store.load(SHAPE, spec, forever)).toBeUndefined();
  });

  it.each<[string, (of: Omit<VmSpec, 'id'>) => Omit<VmSpec, 'id'>]>([
    ['a kernel of another time', (of) => (touch(of.boot.kernel), of)],
    ['an initrd of another time', (of) => (touch(of.boot.initrd), of)],
    ['an image of another time', (of) => (touch(of.rootfs ?? ''), of)],
    ['a kernel of another size', (of) => (appendFileSync(of.boot.kernel, 'x'), of)],
    ['another kernel', (of) => ({ ...of, boot: { ...of.boot, kernel: of.boot.initrd } })],
    ['more memory', (of) => ({ ...of, memoryMb: of.memoryMb + 1 })],
    ['more CPUs', (of) => ({ ...of, cpuCount: 2 })],
    ['no image', (of) => ({ ...of, rootfs: undefined })],
  ])('finds none that was made with %s', async (_what, change) => {
    const { store } = setUp();
    const made = await store.make(SHAPE, spec, forever);
    expect(await store.isCurrent(SHAPE, made)).toBe(true);
    const changed = change(spec);
    expect(await store.load(SHAPE, changed, forever)).toBeUndefined();
    expect(await store.isCurrent(SHAPE, { ...made, spec: changed })).toBe(false);
  });

  it('finds none of another monitor', async () => {
    await setUp().store.make(SHAPE, spec, forever);
    const { driver } = setUp();
    const { snapshots } = driver;
    if (!snapshots) throw new Error('the driver cannot clone');
    const newer: FakeDriver = Object.assign(driver, { info: { ...driver.info, version: '0.0.1' } });
    const store = new TemplateStore({
      driver: newer,
      snapshots,
      folder: templates,
      bootTimeoutMs: 1,
      logger: recordingLogger().logger,
      newVmId: () => '',
    });
    expect(await store.load(SHAPE, spec, forever)).toBeUndefined();
  });

  it('is no longer read when nobody wants it, and is not damaged for that', async () => {
    const { store, log } = setUp();
    await store.make(SHAPE, spec, forever);
    const reason = new Error('closing');
    expect(await failure(store.load(SHAPE, spec, AbortSignal.abort(reason)))).toBe(reason);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('that is made of files that are gone fails', async () => {
    const { store } = setUp();
    const made = await store.make(SHAPE, spec, forever);
    rmSync(spec.boot.kernel);
    expect(await failure(store.load(SHAPE, spec, forever))).toMatchObject({ code: 'ENOENT' });
    expect(await store.isCurrent(SHAPE, made)).toBe(false);
  });
});

describe('discarding a template', () => {
  it('removes it, once or twice, and nothing else', async () => {
    const { store } = setUp();
    const made = await store.make(SHAPE, spec, forever);
    mkdirSync(join(templates, 'other'));
    await store.discard(made);
    await store.discard(made);
    expect(names()).toEqual(['other']);
    expect(await store.load(SHAPE, spec, forever)).toBeUndefined();
  });
});
