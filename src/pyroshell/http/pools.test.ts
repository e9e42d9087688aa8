import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { listeningGateway } from '../../../test/doubles/gateway.ts';

/** The example monitoring script of the Code Execution API guide; only the port is a parameter. */
const monitoringScript = (port: string): string => `#!/bin/bash
echo "VM Pool Status:"
curl -s http://localhost:${port}/debug/vm-pools | python3 -c "
import json, sys
data = json.load(sys.stdin)['data']
print(f\\"Uptime: {data['uptime_seconds']:.1f}s\\")
print(f\\"Total Executions: {data['statistics']['executions_count']}\\")
for lang, stats in data['statistics']['by_language'].items():
    print(f\\"{lang}: {stats['executions']} executions, {stats['pool_hits']} hits\\")
"
`;

describe('the monitoring script of the guide', () => {
  it('prints the served report', async () => {
    const executor = new FakeExecutor();
    const counts = {
      pool_misses: 1,
      restores: 1,
      boots: 0,
      vms_created: 7,
      vms_destroyed: 7,
      vm_failures: 0,
    };
    executor.report = {
      ...executor.report,
      uptime_seconds: 61.26,
      statistics: {
        ...executor.report.statistics,
        executions_count: 7,
        by_language: {
          python: { executions: 5, pool_hits: 4, ...counts },
          javascript: { executions: 2, pool_hits: 0, ...counts },
        },
      },
    };
    await using shell = await listeningGateway({ executor });
    const { stdout } = await promisify(execFile)('bash', ['-c', monitoringScript(new URL(shell.url).port)]);
    expect(stdout.split('\n')).toEqual([
      'VM Pool Status:',
      'Uptime: 61.3s',
      'Total Executions: 7',
      'python: 5 executions, 4 hits',
      'javascript: 2 executions, 0 hits',
      '',
    ]);
  });
});
