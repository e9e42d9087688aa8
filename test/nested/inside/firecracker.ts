import { firecrackerName } from '../../../src/pyrovm/vmm/firecracker/command.ts';
import { describeDriverContract } from '../../contract/driver-contract.ts';
import { processesWithArgument } from '../../support/processes.ts';
import { realDriverUnderTest } from '../../support/real-driver.ts';
import { NESTED } from './settings.ts';

describeDriverContract('firecracker', async () =>
  realDriverUnderTest(
    { ...NESTED, vmm: 'firecracker' },
    (id) => processesWithArgument(firecrackerName(id)).length,
  ),
);
