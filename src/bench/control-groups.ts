import { join, relative } from 'node:path';

/** A control group that counts processor time. */
export interface ControlGroup {
  readonly folder: string;
  readonly version: 1 | 2;
}

/**
 * The control groups that a process is in, as far as they count processor time and are in view.
 * @param cgroup content of its /proc/PID/cgroup
 * @param mountinfo content of its /proc/PID/mountinfo
 */
export function findControlGroups(cgroup: string, mountinfo: string): ControlGroup[] {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', mountPoint = ''] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    return type.startsWith('cgroup') ? { type, root, mountPoint, options: options.split(',') } : [];
  });
  return cgroup.split('\n').flatMap((line): ControlGroup[] => {
    const [, hierarchy, controllers = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const version = hierarchy === '0' ? 2 : 1;
    if (hierarchy === undefined || (version === 1 && !controllers.split(',').includes('cpuacct'))) return [];
    const mount = mounts.find(({ type, options }) =>
      version === 2 ? type === 'cgroup2' : type === 'cgroup' && options.includes('cpuacct'),
    );
    const below = mount && relative(mount.root, path);
    // A path that leads out of what is mounted, or of the name space, is out of view.
    return !mount || below === undefined || `${path}/${below}`.split('/').includes('..')
      ? []
      : [{ folder: join(mount.mountPoint, below), version }];
  });
}
