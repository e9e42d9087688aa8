import { describeHttpExecutions } from './http-executions.ts';

describeHttpExecutions('qemu/kvm', {
  flags: { vmm: 'qemu', accelerator: 'kvm' },
  health: { execution_method: 'qemu', accelerator: 'kvm' },
  processName: 'qemu-system',
  executions: 5,
});
