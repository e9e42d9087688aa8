import { silentLogger } from '../../src/observability/log.ts';
import { firecrackerName } from '../../src/pyrovm/vmm/firecracker/command.ts';
import { DOUBLE_JAILS, DOUBLE_WALLS, FirecrackerHost } from '../doubles/firecracker-host.ts';
import { processesWithArgument } from '../support/processes.ts';
import { describeDriverContract } from './driver-contract.ts';

// The driver against a process that speaks Firecracker's API and has an agent that follows a script: it shows what the
// driver says and leaves, not that a guest runs. The oldest version, and one with all that TVM uses of newer ones.
for (const version of ['1.1.0', '1.16.1']) {
  // As root the jail setpriv shows nobody the suite's private folders; driver.test.ts has it.
  for (const jail of DOUBLE_WALLS.filter((wall) => wall === 'jailer' || wall === DOUBLE_JAILS[0])) {
    describeDriverContract(`firecracker ${version} (double) in ${jail}`, async () => {
      const host = new FirecrackerHost();
      const driver = await host.driver(jail, silentLogger(), { version, listensAfterMs: 30 });
      return {
        driver,
        artefacts: host.artefacts(),
        remains: (vm) => processesWithArgument(firecrackerName(vm.id)).length,
        // eslint-disable-next-line typescript/require-await
        [Symbol.asyncDispose]: async () => {
          const left = host.leftovers();
          host[Symbol.dispose]();
          if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
        },
      };
    });
  }
}
