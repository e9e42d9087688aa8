import { execSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

// A program that stays as a service: children, grandchildren, and a promise that they outlive it.
const children: number[] = [];
for (let i = 0; i < 5; i += 1) {
  const child = spawn('sh', ['-c', 'trap "" TERM HUP INT; (setsid sleep 3600 &) ; while :; do sleep 1; done'], {
    detached: true,
    stdio: 'inherit',
  });
  child.unref();
  children.push(child.pid ?? 0);
}
console.log('children', children.filter((pid: number) => existsSync(`/proc/${pid}`)).length);
console.log('groups', readdirSync('/sys/fs').includes('cgroup') && execSync('ls /sys/fs/cgroup').length > 0);
process.exit(0);
