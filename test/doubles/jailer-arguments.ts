/**
 * The jailer's arguments as its documentation and sources have them, docs/jailer.md and src/jailer/src/{main,env}.rs of
 * v1.1.0 to v1.16.1: the same options in all of them.
 */
const OPTIONS = {
  id: 'required',
  'exec-file': 'required',
  uid: 'required',
  gid: 'required',
  'chroot-base-dir': 'value',
  netns: 'value',
  'cgroup-version': 'value',
  'parent-cgroup': 'value',
  cgroup: 'multiple',
  'resource-limit': 'multiple',
  daemonize: 'flag',
  'new-pid-ns': 'flag',
  version: 'flag',
} as const;

type OptionName = keyof typeof OPTIONS;

export interface JailerArguments {
  readonly values: Readonly<Partial<Record<OptionName, readonly string[]>>>;
  /** What goes to Firecracker. */
  readonly extra: readonly string[];
}

/** Reads the arguments as the jailer does. @throws Error with its complaint */
export function parseJailerArguments(argv: readonly string[]): JailerArguments {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const values: Partial<Record<OptionName, string[]>> = {};
  for (let i = 0; i < own.length; i++) {
    const name = own[i]?.replace(/^--/, '') ?? '';
    if (!own[i]?.startsWith('--') || !Object.hasOwn(OPTIONS, name))
      fail(`Found argument '${own[i]}' which wasn't expected`);
    const kind = OPTIONS[name as OptionName];
    const earlier = values[name as OptionName];
    if (earlier && kind !== 'multiple') fail(`The argument '${name}' was provided more than once.`);
    const value = kind === 'flag' ? '' : own[++i];
    if (value === undefined || value.startsWith('--'))
      fail(`The argument '${name}' requires a value, but none was supplied`);
    values[name as OptionName] = [...(earlier ?? []), value];
  }
  if (!values.version) {
    for (const [name, kind] of Object.entries(OPTIONS))
      if (kind === 'required' && !values[name as OptionName])
        fail(`Argument '${name}' required, but not found`);
    checkValues(values);
  }
  return { values, extra: end < 0 ? [] : argv.slice(end + 1) };
}

function checkValues(values: Partial<Record<OptionName, string[]>>): void {
  const one = (name: OptionName): string => values[name]?.[0] ?? '';
  if (!/^[A-Za-z0-9-]{1,64}$/.test(one('id'))) fail(`Invalid instance ID: ${one('id')}`);
  for (const name of ['uid', 'gid'] as const) {
    if (!/^\d+$/.test(one(name)) || Number(one(name)) >= 2 ** 32) fail(`Invalid ${name}: ${one(name)}`);
  }
  if (!['1', '2'].includes(values['cgroup-version']?.[0] ?? '1'))
    fail(`${one('cgroup-version')} is an invalid cgroup version specifier`);
  if (
    one('parent-cgroup')
      .split('/')
      .some((part) => ['.', '..'].includes(part)) ||
    one('parent-cgroup').startsWith('/')
  )
    fail('Parent cgroup path is invalid.');
  for (const text of values.cgroup ?? []) {
    if (!/^[a-z]+\.[a-z_.]+=[^=]+$/.test(text)) fail(`Invalid format for cgroups: ${text}`);
  }
  for (const text of values['resource-limit'] ?? []) {
    if (!/^(?:fsize|no-file)=\d+$/.test(text)) fail(`Invalid resource argument: ${text}`);
  }
}

function fail(complaint: string): never {
  throw new Error(complaint);
}
