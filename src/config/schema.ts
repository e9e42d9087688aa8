import { z } from 'zod';

const port = z.int().min(1).max(65535);
/** Node's timers fire at once when they are told to wait more than 24 days. In ms. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
const milliseconds = z.int().min(1).max(LONGEST_WAIT_MS);

/** Ids below are those of the system's users; the highest two mean nobody. */
const [LOWEST_UID, HIGHEST_UID] = [1000, 4_294_967_293];

/** The first and the last of a range of user ids such as `20000-29999`; undefined if it is none. */
export function uidRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const [, first, last] = (/^(\d{1,10})-(\d{1,10})$/.exec(text) ?? []).map(Number);
  if (first === undefined || last === undefined) return undefined;
  return first >= LOWEST_UID && first <= last && last <= HIGHEST_UID ? { first, last } : undefined;
}

/** An API key as `tvm keys add` makes it. */
export const API_KEY = /^tvm_[0-9a-f]{64}$/;

/** What the setting `allow_unauthenticated` must say, in full: nobody types that without reading it. */
export const ANYONE_MAY_RUN_CODE = 'anyone-who-reaches-the-port-may-run-code';

/**
 * Every setting of TVM: its type, default and meaning. Environment variables, the file and flags are three ways to say
 * the same key; `docs/configuration.md` is checked against this schema by a test.
 */
export const settingsSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('localhost')
    .describe('address to listen on; `localhost` means both loopback addresses'),
  port: port.default(8080).describe('port of the API'),
  second_port: z
    .union([port, z.literal('off')])
    .default(8000)
    .describe('second port of the same API, as in the Code Execution API guide; `off` for none'),
  allowed_hosts: z
    .string()
    .regex(
      /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(,(\[[0-9a-f:.]+\]|[a-z0-9._-]+))*$/i,
      'must be names without ports, separated by commas',
    )
    .optional()
    .describe(
      'further names by which clients may call this server; Host and Origin are checked against them',
    ),
  allow_unauthenticated: z
    .enum(['off', ANYONE_MAY_RUN_CODE])
    .default('off')
    .describe('whether to start without an API key where other machines can reach the port'),
  requests_per_second: z
    .union([z.int().min(1).max(100_000), z.literal('off')])
    .default('off')
    .describe('requests that one client, a key or an address, may send on average; `off` for no limit'),
  request_burst: z
    .int()
    .min(1)
    .max(100_000)
    .default(20)
    .describe('requests that a client may send at once after a pause; needs `requests_per_second`'),
  executions_per_client: z
    .union([z.int().min(1).max(100_000), z.literal('off')])
    .default('off')
    .describe('executions of one client at a time, those that wait included; `off` for no limit'),
  api_key: z
    .string()
    .regex(API_KEY, 'must be a key that `tvm keys add` printed')
    .optional()
    .describe('key that the command line sends to a TVM that runs; the server does not use it'),
  vmm: z
    .enum(['auto', 'qemu', 'firecracker'])
    .default('auto')
    .describe(
      'virtual machine monitor; `auto` takes Firecracker where a probe guest booted with it, else QEMU',
    ),
  accelerator: z
    .enum(['auto', 'kvm', 'tcg'])
    .default('auto')
    .describe(
      '`kvm` is hardware virtualisation, `tcg` emulation; `auto` takes what a probe guest booted with',
    ),
  jail: z
    .enum(['auto', 'bubblewrap', 'setpriv'])
    .default('auto')
    .describe('wall around each VM process; `auto` takes bubblewrap where it works, else setpriv'),
  security_level: z
    .enum(['sandbox', 'restricted', 'standard'])
    .default('sandbox')
    .describe('server-side security level; never settable by a request'),
  max_concurrency: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe('executions at a time; by default the number of host CPUs'),
  templates: z
    .enum(['on', 'off'])
    .default('on')
    .describe('`on` clones machines from snapshots where the monitor can; `off` boots each one'),
  prewarm: z
    .string()
    .regex(
      /^(default|all|[a-z]+@[a-z0-9.-]+(,[a-z]+@[a-z0-9.-]+)*)$/,
      'must be `default`, `all` or ids such as python@3.11, separated by commas',
    )
    .default('default')
    .describe(
      'installed runtimes that are made ready before they are asked for: `default` is the default version of each language',
    ),
  pool_min: z
    .int()
    .min(0)
    .max(256)
    .default(2)
    .describe('clones of each such runtime that always wait ready for a request; needs `templates`'),
  pool_max: z
    .int()
    .min(0)
    .max(256)
    .default(8)
    .describe('clones per runtime and size that wait at most; 0 for no pool'),
  queue_size: z.int().min(0).max(100_000).default(100).describe('requests that may wait for a place'),
  queue_timeout_ms: milliseconds
    .default(60_000)
    .describe('longest wait for a place, in ms, before the answer is 503'),
  boot_timeout_ms: milliseconds.default(60_000).describe('longest time for a microVM to boot, in ms'),
  kvm_probe_timeout_ms: milliseconds
    .default(5000)
    .describe('longest time for the probe guest on KVM to boot, in ms; more where KVM itself is emulated'),
  shutdown_grace_ms: z
    .int()
    .min(0)
    .max(LONGEST_WAIT_MS)
    .default(10_000)
    .describe('time for running executions to end on SIGTERM, in ms, before they are killed'),
  output_limit_bytes: z
    .int()
    .min(1)
    .max(64 * 1024 * 1024)
    .default(1024 * 1024)
    .describe('cap of stdout and of stderr each, in bytes'),
  max_processes: z
    .int()
    .min(1)
    .max(32_768)
    .default(128)
    .describe('processes and threads that one execution may have at a time'),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level logged'),
  qemu_bin: z
    .string()
    .min(1)
    .default('auto')
    .describe("QEMU program, by name or path; `auto` is TVM's own, which `tvm images build` unpacks"),
  firecracker_bin: z
    .string()
    .min(1)
    .default('auto')
    .describe(
      'Firecracker program, by name or path, 1.1 or newer; `auto` is the one that `tvm doctor --fix` got, else the one in PATH',
    ),
  jailer_bin: z
    .string()
    .min(1)
    .default('auto')
    .describe(
      "Firecracker's jailer, by name or path; `auto` is the one that came with Firecracker, else the one in PATH, if it works here",
    ),
  jailer_uids: z
    .string()
    .refine((text) => uidRange(text) !== undefined, 'must be two numbers, 1000-4294967293, the lower first')
    .default('20000-29999')
    .describe('user and group ids that the jailer gives to Firecracker processes, one to each'),
  debian_mirror: z
    .string()
    .regex(
      /^(\[[^\]\n]+\] )?(https?|file|copy):\/[^\s]*$/,
      'must be a URL or file:/FOLDER, with options of sources.list in brackets before it if need be',
    )
    .optional()
    .describe(
      "Debian mirror that images are made from, a URL or `file:/FOLDER`; by default mmdebstrap's choice",
    ),
  oci_mirror: z
    .string()
    .regex(/^(([a-z0-9-]+\.)*[a-z0-9-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/, 'must be HOST or HOST:PORT')
    .optional()
    .describe('registry, `HOST[:PORT]`, that stands in for Docker Hub'),
  oci_plain_http: z
    .enum(['on', 'off'])
    .default('off')
    .describe('`on` also asks registries without TLS or with a certificate that is not valid'),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type SettingName = keyof Settings;

/** Names of all settings, in the order of the schema. */
export const SETTING_NAMES = Object.keys(settingsSchema.shape) as readonly SettingName[];

/** Settings that are no flags: everybody on a machine can read command lines. */
export const SECRET_SETTINGS: ReadonlySet<SettingName> = new Set<SettingName>(['api_key']);

/** The environment variable of a setting: `port` is TVM_PORT. */
export function environmentName(setting: SettingName): string {
  return `TVM_${setting.toUpperCase()}`;
}
