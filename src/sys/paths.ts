import { basename, join } from 'node:path';

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
  /** Hashes of the API keys. */
  readonly keysFile: string;
  /** Images, kernels and the agent: rebuilt when lost. */
  readonly cacheDir: string;
  readonly imagesDir: string;
  /** How attempts to build images stand that did not succeed: {@link attemptFile}. */
  readonly attemptsDir: string;
  /** Debian's guest kernel and its modules: {@link kernelFiles}. */
  readonly kernelDir: string;
  /** Guest kernels that `tvm kernel build` made, one folder each: {@link ownKernelFolder}. */
  readonly ownKernelsDir: string;
  readonly initrdsDir: string;
  /** QEMU with its libraries: {@link qemuTreeFiles}. */
  readonly qemuDir: string;
  /** Firecracker releases that `tvm doctor --fix` got, one folder each: {@link firecrackerFiles}. */
  readonly firecrackerDir: string;
  /** Snapshots of booted machines, one folder each: {@link templateFiles}. */
  readonly templatesDir: string;
  readonly probeFile: string;
  readonly stateDir: string;
  readonly logsDir: string;
  /** One sub-folder per living TVM process; swept when its process is gone. */
  readonly instancesDir: string;
  /** One sub-folder per user id that a VM process of a living TVM process has: {@link takeLease}. */
  readonly uidLeasesDir: string;
  /** Who runs in the background: {@link DaemonRecord} as JSON. */
  readonly daemonFile: string;
  /** What the background process wrote to stdout and stderr outside the logs: crashes of Node itself. */
  readonly daemonOutputFile: string;
}

/** Derives all names from the base folders. */
export function tvmPaths(base: BaseFolders): Paths {
  return {
    configFile: join(base.config, 'tvm', 'config.yaml'),
    keysFile: join(base.config, 'tvm', 'keys.json'),
    cacheDir: join(base.cache, 'tvm'),
    imagesDir: join(base.cache, 'tvm', 'images'),
    attemptsDir: join(base.cache, 'tvm', 'image-attempts'),
    kernelDir: join(base.cache, 'tvm', 'kernel'),
    ownKernelsDir: join(base.cache, 'tvm', 'kernel-own'),
    initrdsDir: join(base.cache, 'tvm', 'initrds'),
    qemuDir: join(base.cache, 'tvm', 'qemu'),
    firecrackerDir: join(base.cache, 'tvm', 'firecracker'),
    templatesDir: join(base.cache, 'tvm', 'templates'),
    probeFile: join(base.cache, 'tvm', 'probe.json'),
    stateDir: join(base.state, 'tvm'),
    logsDir: join(base.state, 'tvm', 'logs'),
    instancesDir: join(base.runtime, 'tvm', 'instances'),
    uidLeasesDir: join(base.runtime, 'tvm', 'uids'),
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

/** The next content of the file `path` and, while it exists, the sign that somebody changes that file. */
export function nextFile(path: string): string {
  return `${path}.new`;
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

/** The runtime that a file in the folder of images is the record of, or undefined. */
export function imageOfRecord(name: string): string | undefined {
  return name.endsWith('.json') ? name.slice(0, -'.json'.length) : undefined;
}

/** The record of the last attempt to build a runtime's image. */
export function attemptFile(attemptsDir: string, id: string): string {
  return join(attemptsDir, `${id}.json`);
}

/**
 * Files of a guest kernel; the record is written last. Debian's kernel has modules, those that TVM builds have a bzImage
 * and the configuration that they were built with.
 */
export function kernelFiles(folder: string): {
  readonly vmlinux: string;
  readonly modules: string;
  readonly bzImage: string;
  readonly config: string;
  readonly record: string;
} {
  return {
    vmlinux: join(folder, 'vmlinux'),
    modules: join(folder, 'modules'),
    bzImage: join(folder, 'bzImage'),
    config: join(folder, 'config'),
    record: join(folder, 'kernel.json'),
  };
}

/**
 * Folder of a kernel that TVM built. The key is part of every path in it, so that what is keyed by these paths (probe
 * record, templates) never takes one kernel for another.
 */
export function ownKernelFolder(ownKernelsDir: string, key: string): string {
  return join(ownKernelsDir, key.slice(0, 16));
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

/** Beginning of the name of a folder in an instance's folder that belongs to one VM process. */
export function vmFolderPrefix(instanceFolder: string): string {
  return join(instanceFolder, 'vm-');
}

/** Where Firecracker's jailer makes the root of a VM process, below the folder that it is given. */
export function jailerRoot(program: string, id: string): string {
  return join(basename(program), id, 'root');
}

/** Sockets in the folder of a VM process. The process makes them under these names in its working directory. */
export const VM_SOCKETS = { api: 'api.sock', vsock: 'v.sock' } as const;

/** The same through an open descriptor of the folder: a socket's path is limited to 107 bytes, a folder's is not. */
export function vmSocket(folderDescriptor: number, name: keyof typeof VM_SOCKETS): string {
  return `/proc/self/fd/${folderDescriptor}/${VM_SOCKETS[name]}`;
}

/** The file tree of TVM's own QEMU; the record is written last. */
export function qemuTreeFiles(qemuDir: string): { readonly tree: string; readonly record: string } {
  return { tree: join(qemuDir, 'tree'), record: join(qemuDir, 'qemu.json') };
}

/** Programs of a Firecracker release. The folder is put in place whole: where it is, both are. */
export function firecrackerFiles(
  firecrackerDir: string,
  release: string,
): { readonly folder: string; readonly firecracker: string; readonly jailer: string } {
  const folder = join(firecrackerDir, release);
  return { folder, firecracker: join(folder, 'firecracker'), jailer: join(folder, 'jailer') };
}

/** A template's memory and device state; the record is written last. */
export function templateFiles(folder: string): {
  readonly memory: string;
  readonly state: string;
  readonly record: string;
} {
  return {
    memory: join(folder, 'memory'),
    state: join(folder, 'state'),
    record: join(folder, 'template.json'),
  };
}
