// One file for vitest, so that what the suites import is loaded once: in here that takes a minute.
const SUITES: Readonly<Record<string, () => Promise<unknown>>> = {
  qemu: async () => import('./qemu.ts'),
  'http-qemu': async () => import('./http-qemu.ts'),
  firecracker: async () => import('./firecracker.ts'),
  'http-firecracker': async () => import('./http-firecracker.ts'),
};

for (const name of (process.env['NESTED_SUITES'] ?? '').split(',')) {
  const load = SUITES[name];
  if (!load) throw new Error(`no suite ${name}; there are ${Object.keys(SUITES).join(', ')}`);
  await load();
}
