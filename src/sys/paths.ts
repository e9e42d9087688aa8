import { join } from 'node:path';

/** The folders of the XDG base directory specification that TVM uses, all absolute. */
export interface BaseFolders {
  readonly config: string;
  readonly cache: string;
  readonly state: string;
  readonly runtime: string;
}

/** Every on-disk name that TVM uses. Nothing else in the code builds one, and nothing lies outside these folders. */
export interface Paths {
  readonly configFile: string;
  /** Images, kernels and the agent: rebuilt when lost. */
  readonly cacheDir: string;
  readonly imagesDir: string;
  /** The guest kernel and its modules: {@link kernelFiles}. */
  readonly kernelDir: string;
  readonly initrdsDir: string;
  readonly probeFile: string;
  readonly stateDir: string;
  readonly logsDir: string;
  /** One sub-folder per living TVM process; swept when its process is gone. */
  readonly instancesDir: string;
  /** Who runs in the background: {@link DaemonRecord} as JSON. */
  readonly daemonFile: string;
  /** What the background process wrote to stdout and stderr outside the logs: crashes of Node itself. */
  readonly daemonOutputFile: string;
}

/** Derives all names from the base folders. */
export function tvmPaths(base: BaseFolders): Paths {
  return {
    configFile: join(base.config, 'tvm', 'config.yaml'),
    cacheDir: join(base.cache, 'tvm'),
    imagesDir: join(base.cache, 'tvm', 'images'),
    kernelDir: join(base.cache, 'tvm', 'kernel'),
    initrdsDir: join(base.cache, 'tvm', 'initrds'),
    probeFile: join(base.cache, 'tvm', 'probe.json'),
    stateDir: join(base.state, 'tvm'),
    logsDir: join(base.state, 'tvm', 'logs'),
    instancesDir: join(base.runtime, 'tvm', 'instances'),
    daemonFile: join(base.runtime, 'tvm', 'daemon.json'),
    daemonOutputFile: join(base.state, 'tvm', 'logs', 'daemon.out'),
  };
}

/** Held for a moment by whoever removes the record of a dead background process. */
export function daemonTakeoverFile(daemonFile: string): string {
  return `${daemonFile}.takeover`;
}

/** A file beside `path` that this process fills before it puts it in place. */
export function temporaryFile(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Log components of `tvm logs --component`. */
export const LOG_COMPONENTS = ['api', 'lima', 'k8s', 'istio', 'tvm'] as const;
export type LogComponent = (typeof LOG_COMPONENTS)[number];

export function logFile(logsDir: string, component: LogComponent): string {
  return join(logsDir, `${component}.log`);
}

/** Files of a runtime's image: the root file system and what is known of it. The record is written last. */
export function imageFiles(
  imagesDir: string,
  id: string,
): { readonly rootfs: string; readonly record: string } {
  return { rootfs: join(imagesDir, `${id}.erofs`), record: join(imagesDir, `${id}.json`) };
}

/** Files of the guest kernel; the record is written last. */
export function kernelFiles(kernelDir: string): {
  readonly vmlinux: string;
  readonly modules: string;
  readonly record: string;
} {
  return {
    vmlinux: join(kernelDir, 'vmlinux'),
    modules: join(kernelDir, 'modules'),
    record: join(kernelDir, 'kernel.json'),
  };
}

/** The initial RAM file system for a kernel and an agent. */
export function initrdFile(initrdsDir: string, key: string): string {
  return join(initrdsDir, `${key}.cpio`);
}

/** Whether `name` is a rotated predecessor of a component's log: these sort by age, the oldest first. */
export function isRotatedLog(name: string, component: LogComponent): boolean {
  return (
    /^\d{8}-\d{4}-\d{2,}-$/.test(name.slice(0, name.length - `${component}.log`.length)) &&
    name.endsWith(`-${component}.log`)
  );
}

/** Files of an instance's folder. */
export function instanceFiles(folder: string): { readonly owner: string; readonly kvmNode: string } {
  return { owner: join(folder, 'owner.json'), kvmNode: join(folder, 'kvm') };
}
