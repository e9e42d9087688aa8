const fs = require('fs');
const os = require('os');
const { spawnSync } = require('child_process');

const attempt = (name, attack) => {
  let worked;
  try {
    worked = attack() !== false;
  } catch {
    worked = false;
  }
  console.log(name, worked ? 'ESCAPED' : 'refused');
};
const run = (...command) => spawnSync(command[0], command.slice(1)).status === 0;

attempt('setuid', () => process.setuid(0));
attempt('setgid', () => process.setgid(0));
attempt('setgroups', () => process.setgroups([0]));
attempt('priority', () => os.setPriority(-20));
attempt('priority of PID 1', () => os.setPriority(1, 19));
for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGTERM', 'SIGCONT', 0]) attempt(`${signal} to PID 1`, () => process.kill(1, signal));
attempt('kill of the parent', () => process.kill(process.ppid || 1, 'SIGKILL'));
attempt('memory of PID 1', () => fs.openSync('/proc/1/mem', 'r+'));
attempt('descriptors of PID 1', () => fs.readdirSync('/proc/1/fd'));
attempt('the agent', () => fs.readFileSync('/init'));
attempt('the interpreter', () => fs.openSync(process.execPath, 'r+'));
attempt('what is loaded first', () => fs.writeFileSync('/usr/local/lib/tvm/x.js', 'x'));
attempt('modules of all', () => fs.mkdirSync('/usr/local/lib/node_modules/x'));
attempt('hosts', () => fs.appendFileSync('/etc/hosts', '1.2.3.4 x'));
attempt('machine id', () => fs.writeFileSync('/etc/machine-id', 'x'));
attempt('sysrq', () => fs.writeFileSync('/proc/sysrq-trigger', 'c'));
attempt('core pattern', () => fs.writeFileSync('/proc/sys/kernel/core_pattern', '|/tmp/x'));
attempt('disk', () => fs.openSync('/dev/vda', 'r'));
attempt('console', () => fs.openSync('/dev/console', 'w'));
attempt('channel', () => fs.readdirSync('/dev').some((name) => /vport|hvc|ttyS|vsock/.test(name)));
attempt('object of the machine', () => process.dlopen({ exports: {} }, '/proc/1/exe'));
attempt('mount', () => run('mount', '-t', 'tmpfs', 'x', '/tmp'));
attempt('unshare', () => run('unshare', '-Ur', 'true'));
attempt('device', () => run('mknod', '/tmp/x', 'b', '254', '0'));
attempt('interfaces', () => Object.keys(os.networkInterfaces()).some((name) => name !== 'lo'));
attempt('variables of TVM', () => Object.keys(process.env).some((name) => /TVM|NODE_OPTIONS/.test(name)));
