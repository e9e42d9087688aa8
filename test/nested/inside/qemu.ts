import { qemuName } from '../../../src/pyrovm/vmm/qemu/arguments.ts';
import { describeDriverContract } from '../../contract/driver-contract.ts';
import { processesWithArgument } from '../../support/processes.ts';
import { realDriverUnderTest } from '../../support/real-driver.ts';
import { NESTED } from './settings.ts';

describeDriverContract('qemu/kvm', async () =>
  realDriverUnderTest(
    { ...NESTED, vmm: 'qemu', accelerator: 'kvm' },
    (id) => processesWithArgument(qemuName(id)).length,
  ),
);
