import { access, constants, readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { Config } from './config/load.ts';
import type { Settings } from './config/schema.ts';
import { messageOf, TvmError } from './errors.ts';
import { ensureBootArtefacts } from './images/boot-artefacts.ts';
import type { BuildOptions } from './images/build-options.ts';
import { listOwnKernels } from './images/kernel-own.ts';
import { cachedKernel } from './images/kernel.ts';
import { listImages } from './images/store.ts';
import { silentLogger } from './observability/log.ts';
import { registerInstance } from './pyrovm/instance.ts';
import type { FirecrackerCandidate } from './pyrovm/vmm/firecracker/candidate.ts';
import { repairFirecracker } from './pyrovm/vmm/firecracker/repair.ts';
import { hasKvmDevice } from './pyrovm/vmm/kvm.ts';
import { ensureQemuInstall } from './pyrovm/vmm/qemu/install.ts';
import { selectDriver } from './pyrovm/vmm/select.ts';
import type { Selection } from './pyrovm/vmm/select.ts';
import type { Paths } from './sys/paths.ts';
import { makeFolder } from './sys/staging.ts';

/** One line of `tvm doctor`. */
export interface Finding {
  readonly check: string;
  /** `warn` costs speed or safety, `fail` keeps TVM from running code. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly remedy?: string;
}

const GIB = 1024 ** 3;
const NEEDED_DISK_GIB = 2;

/** Looks at everything that running code depends on; boots probe guests, so it takes some seconds. Never throws. */
export async function diagnose(config: Config): Promise<Finding[]> {
  const [host, monitor, images] = await Promise.all([
    hostFindings(config),
    vmmFindings(config),
    imageFindings(config),
  ]);
  return [...host, ...monitor, ...images];
}

/**
 * Gets what this machine lacks and TVM can get: Firecracker, where there is KVM.
 * @returns what was done, or why nothing was
 * @throws TvmError `host_unready` when it cannot be had; the signal's reason on abort
 */
export async function repair({ settings, paths }: Config, options: BuildOptions): Promise<Finding[]> {
  const { firecrackerDir } = paths;
  const kvm = await hasKvmDevice();
  const detail = await repairFirecracker({ settings, firecrackerDir, kvm, ...options });
  return [{ check: 'fix', state: 'ok', detail }];
}

async function hostFindings(config: Config): Promise<Finding[]> {
  const memory = `${availableParallelism()} CPUs, ${(freemem() / GIB).toFixed(1)} of ${(totalmem() / GIB).toFixed(1)} GiB memory free`;
  return [
    { check: 'node', state: 'ok', detail: process.version },
    {
      check: 'host',
      state: totalmem() < 2 * GIB ? 'warn' : 'ok',
      detail: `${process.platform} ${process.arch}, ${memory}`,
    },
    await diskFinding(config.paths.cacheDir),
    await cgroupFinding(),
  ];
}

async function diskFinding(cacheDir: string): Promise<Finding> {
  try {
    await makeFolder(cacheDir);
    await access(cacheDir, constants.W_OK);
    const disk = await statfs(cacheDir);
    const freeGib = (disk.bavail * disk.bsize) / GIB;
    const detail = `${freeGib.toFixed(1)} GiB free at ${cacheDir}`;
    return freeGib >= NEEDED_DISK_GIB
      ? { check: 'disk', state: 'ok', detail }
      : {
          check: 'disk',
          state: 'warn',
          detail,
          remedy: `free ${NEEDED_DISK_GIB} GiB, or set XDG_CACHE_HOME`,
        };
  } catch (error) {
    return {
      check: 'disk',
      state: 'fail',
      detail: messageOf(error),
      remedy: 'set XDG_CACHE_HOME to a folder that can be written',
    };
  }
}

/** Host cgroups are not needed: limits hold in the guest and by the size of the VM. They would bound the VM process too. */
async function cgroupFinding(): Promise<Finding> {
  try {
    const controllers = (await readFile('/sys/fs/cgroup/cgroup.controllers', 'utf8')).trim();
    return { check: 'cgroup', state: 'ok', detail: `v2 with ${controllers || 'no controllers'}` };
  } catch {
    return {
      check: 'cgroup',
      state: 'warn',
      detail: 'no unified cgroup v2 on this host; programs are limited inside their VM and by its size',
    };
  }
}

async function vmmFindings(config: Config): Promise<Finding[]> {
  const { settings, paths } = config;
  const signal = new AbortController().signal;
  const progress = (): void => {};
  const logger = silentLogger();
  try {
    const boot = await ensureBootArtefacts(paths, { signal, progress });
    const install = await ensureQemuInstall(config, { signal, progress });
    await using instance = await registerInstance(paths);
    const selection = await selectDriver({
      settings,
      paths,
      instance,
      boot,
      install,
      logger,
      signal,
      progress,
      fresh: true,
    });
    const qemu = install.kind === 'tree' ? "TVM's own" : install.binary;
    return [
      {
        check: 'qemu',
        state: 'ok',
        detail: `${qemu}, ${selection.qemuVersion ?? 'not wanted (setting vmm)'}`,
      },
      ...firecrackerFindings(selection),
      await kernelFinding(paths),
      jailFinding(selection),
      ...acceleratorFindings(selection, settings),
    ];
  } catch (error) {
    const remedy = error instanceof TvmError ? error.remedy : undefined;
    return [
      {
        check: 'vmm',
        state: 'fail',
        detail: messageOf(error),
        remedy:
          error instanceof TvmError && error.code === 'host_unready' ? 'run: ./tvm setup' : (remedy ?? ''),
      },
    ];
  }
}

async function kernelFinding(paths: Paths): Promise<Finding> {
  const [used, [own]] = await Promise.all([cachedKernel(paths), listOwnKernels(paths)]);
  const detail = used?.flavour === 'own' ? `TVM's own, ${used.release}` : `Debian's, ${used?.release}`;
  if (used?.flavour === 'own') return { check: 'kernel', state: 'ok', detail };
  if (own) {
    return {
      check: 'kernel',
      state: 'warn',
      detail: `${detail}: TVM's own is of another release of TVM`,
      remedy: 'run: tvm kernel build',
    };
  }
  return { check: 'kernel', state: 'ok', detail, remedy: 'run: tvm kernel build (microVMs boot faster)' };
}

function jailFinding({ jail, jailReason }: Selection): Finding {
  if (jailReason === undefined) {
    return {
      check: 'jail',
      state: 'ok',
      detail: `${jail}: own namespaces and file view, seccomp, unprivileged user`,
    };
  }
  return {
    check: 'jail',
    state: 'warn',
    detail: `${jail} and seccomp only, bubblewrap does not work: ${jailReason}`,
    remedy: 'allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or run as root',
  };
}

/** A host without Firecracker lacks nothing: QEMU does the same, more slowly where there is KVM. */
function firecrackerFindings({ probes, firecracker, driver }: Selection): Finding[] {
  const probe = probes.firecracker;
  if (!probe) return [];
  const { binary, version } = firecracker?.install ?? {};
  const program = binary === undefined ? '' : `${binary}, ${version}`;
  if (firecracker && probe.works) {
    const detail = `${program}: a probe guest was up in ${probe.bootMs.toFixed(0)} ms`;
    return [{ check: 'firecracker', state: 'ok', detail }, jailerFinding(firecracker)];
  }
  const reason = probe.works ? '' : probe.reason;
  return [
    {
      check: 'firecracker',
      state: driver ? 'warn' : 'fail',
      detail: program ? `${program}: no probe guest boots with it (${reason})` : reason,
      remedy: "it needs a working KVM and TVM's own kernel (tvm kernel build); docs/firecracker.md says more",
    },
    ...(firecracker ? [jailerFinding(firecracker)] : []),
  ];
}

/** No warning where there is none: what QEMU has is around Firecracker, too. */
function jailerFinding({ wall, jailerReason, jailerBroken }: FirecrackerCandidate): Finding {
  if (jailerReason === undefined) {
    const detail = `${wall.name}: own root, namespaces and user for each VM, seccomp`;
    return { check: 'jailer', state: 'ok', detail };
  }
  const detail = `not used, ${wall.name} instead: ${jailerReason}`;
  if (!jailerBroken) return { check: 'jailer', state: 'ok', detail };
  return { check: 'jailer', state: 'warn', detail, remedy: 'docs/firecracker.md names causes and remedies' };
}

function acceleratorFindings({ probes, driver }: Selection, { vmm }: Pick<Settings, 'vmm'>): Finding[] {
  const { kvm, tcg } = probes;
  const findings: Finding[] = [];
  if (kvm?.works) {
    findings.push({
      check: 'kvm',
      state: 'ok',
      detail: `works: a probe guest was up in ${kvm.bootMs.toFixed(0)} ms`,
      ...(vmm === 'auto' && !probes.firecracker
        ? { remedy: 'run: tvm doctor --fix (gets Firecracker)' }
        : {}),
    });
  } else if (kvm) {
    findings.push({
      check: 'kvm',
      state: 'warn',
      detail: kvm.reason.includes('no /dev/kvm')
        ? kvm.reason
        : `present, but no stock guest boots with it (${kvm.reason})`,
      remedy: kvmRemedy(kvm.reason),
    });
  }
  if (tcg?.works) {
    findings.push({
      check: 'emulation',
      state: 'ok',
      detail: `works: a probe guest was up in ${tcg.bootMs.toFixed(0)} ms${kvm?.works ? '' : '; in use, some 10 times slower than KVM'}`,
    });
  } else if (tcg) {
    findings.push({
      check: 'emulation',
      state: kvm?.works ? 'warn' : 'fail',
      detail: `unusable: ${tcg.reason}`,
    });
  }
  findings.push(
    driver
      ? {
          check: 'isolation',
          state: driver.info.isolation === 'hardware' ? 'ok' : 'warn',
          detail:
            driver.info.isolation === 'hardware'
              ? 'hardware virtualisation'
              : 'emulated: QEMU does not count emulation as a security boundary, the jail around it is the wall',
        }
      : { check: 'isolation', state: 'fail', detail: 'no microVM boots on this host' },
  );
  return findings;
}

function kvmRemedy(reason: string): string {
  if (reason.includes('no /dev/kvm'))
    return 'use a host with hardware virtualisation, or enable nested virtualisation';
  if (/permission denied/i.test(reason)) return 'add this user to the group kvm';
  return 'this KVM may need a patched guest kernel (paravirtual KVM); a bare-metal host or true nested virtualisation helps';
}

async function imageFindings(config: Config): Promise<Finding[]> {
  const images = await listImages(config.paths);
  if (images.length === 0) {
    return [
      { check: 'images', state: 'warn', detail: 'no runtime is installed', remedy: 'run: tvm images build' },
    ];
  }
  const megabytes = images.reduce((sum, image) => sum + image.sizeBytes, 0) / 1e6;
  return [
    {
      check: 'images',
      state: 'ok',
      detail: `${images.map((image) => image.id).join(', ')} (${megabytes.toFixed(0)} MB)`,
    },
  ];
}
