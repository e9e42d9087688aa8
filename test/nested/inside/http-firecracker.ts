import { describeHttpExecutions } from './http-executions.ts';

describeHttpExecutions('firecracker', {
  flags: { vmm: 'firecracker' },
  health: { execution_method: 'firecracker', accelerator: 'kvm' },
  processName: 'firecracker',
  executions: 20,
});
