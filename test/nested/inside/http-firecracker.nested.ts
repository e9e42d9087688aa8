import { describeHttpExecutions } from './http-executions.ts';
import { FIRECRACKER } from './settings.ts';

describeHttpExecutions('firecracker', {
  flags: { vmm: 'firecracker', firecracker_bin: FIRECRACKER },
  health: { execution_method: 'firecracker', accelerator: 'kvm' },
  processName: 'firecracker',
  executions: 20,
});
