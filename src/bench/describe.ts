import type { BenchReport } from './report.ts';

const CPU_METHODS: Readonly<Record<BenchReport['cpuMethod'], string>> = {
  'cgroup v2': 'a control group (v2) of the benchmark: all its processes, none else',
  'cgroup v1': 'a control group (v1) of the benchmark: all its processes, none else',
  host: 'the whole host, others included: no control group could be made',
};

/** Where and how a report was made, in lines. */
export function describeReport({
  tvmVersion,
  date,
  host,
  poolSize,
  cpuMethod,
  runtimes,
}: BenchReport): string[] {
  const { guestKernel: guest } = host;
  const kernel = !guest
    ? 'unknown'
    : guest.flavour === 'own'
      ? `TVM's own, ${guest.release}`
      : `Debian's, ${guest.release}; the goals are for TVM's own: tvm kernel build`;
  const interpreters = Object.values(runtimes).flatMap(({ bare }) =>
    bare ? `${bare.interpreter.path} (${bare.interpreter.version})` : [],
  );
  return [
    `TVM ${tvmVersion}, ${date}`,
    `host: ${host.cpus} × ${host.cpu}, ${host.memoryGib} GiB, Linux ${host.kernel}`,
    `monitor: ${host.vmm}`,
    `guest kernel: ${kernel}`,
    `bubblewrap runs: ${[...new Set(interpreters)].join(', ') || 'nothing'}`,
    `processor time of ${CPU_METHODS[cpuMethod]}`,
    `settings: a pool of ${poolSize}; the queue holds a whole burst, for as long as it takes`,
  ];
}
