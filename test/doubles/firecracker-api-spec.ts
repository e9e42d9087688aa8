/**
 * The calls of Firecracker's API that have to do with TVM, by the documentation of each version: its
 * src/api_server/swagger/firecracker.yaml (until 1.6), src/firecracker/swagger/firecracker.yaml (later), tags v1.1.0 to
 * v1.16.1. Every version refuses calls and fields that it does not know.
 */
export interface CallSpec {
  /** First version that has it, as `major.minor`; by default all. */
  readonly since?: string;
  /** In which states of the machine it is allowed. */
  readonly states: readonly MachineState[];
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

/** `untouched`: no call but of logger, metrics or serial was made. */
export type MachineState = 'untouched' | 'configuring' | 'running' | 'paused';

export interface FieldSpec {
  readonly type: 'string' | 'boolean' | 'integer' | 'object' | readonly string[];
  readonly required?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly min?: number;
  readonly max?: number;
}

const BEFORE_START = ['untouched', 'configuring'] as const;
const text: FieldSpec = { type: 'string' };
const flag: FieldSpec = { type: 'boolean' };
const needed = (field: FieldSpec): FieldSpec => ({ ...field, required: true });

export const CALLS: Readonly<Record<string, CallSpec>> = {
  'PUT /machine-config': {
    states: BEFORE_START,
    fields: {
      vcpu_count: { type: 'integer', required: true, min: 1, max: 32 },
      mem_size_mib: { type: 'integer', required: true, min: 1 },
      smt: flag,
      track_dirty_pages: flag,
      cpu_template: text,
      huge_pages: { type: ['None', '2M'], since: '1.7' },
    },
  },
  'PUT /boot-source': {
    states: BEFORE_START,
    fields: { kernel_image_path: needed(text), initrd_path: text, boot_args: text },
  },
  'PUT /drives/rootfs': {
    states: BEFORE_START,
    fields: {
      drive_id: needed(text),
      path_on_host: needed(text),
      is_root_device: needed(flag),
      is_read_only: needed(flag),
      cache_type: { type: ['Unsafe', 'Writeback'] },
      io_engine: { type: ['Sync', 'Async'] },
      rate_limiter: { type: 'object' },
    },
  },
  'PUT /vsock': {
    states: BEFORE_START,
    fields: {
      guest_cid: { type: 'integer', required: true, min: 3 },
      uds_path: needed(text),
      vsock_id: text,
    },
  },
  'PUT /entropy': { since: '1.4', states: BEFORE_START, fields: { rate_limiter: { type: 'object' } } },
  'PUT /serial': { since: '1.14', states: BEFORE_START, fields: { serial_out_path: text } },
  'PUT /actions': {
    states: [...BEFORE_START, 'running'],
    fields: { action_type: { type: ['FlushMetrics', 'InstanceStart', 'SendCtrlAltDel'], required: true } },
  },
  'PATCH /vm': {
    states: ['running', 'paused'],
    fields: { state: { type: ['Paused', 'Resumed'], required: true } },
  },
  'PUT /snapshot/create': {
    states: ['paused'],
    fields: {
      snapshot_type: { type: ['Full', 'Diff'] },
      snapshot_path: needed(text),
      mem_file_path: needed(text),
      version: { type: 'string', until: '1.6' },
    },
  },
  'PUT /snapshot/load': {
    states: ['untouched'],
    fields: {
      snapshot_path: needed(text),
      mem_file_path: text,
      mem_backend: { type: 'object', since: '1.1' },
      enable_diff_snapshots: flag,
      track_dirty_pages: { type: 'boolean', since: '1.13' },
      resume_vm: flag,
      network_overrides: { type: 'object', since: '1.12' },
      clock_realtime: { type: 'boolean', since: '1.16' },
      vsock_override: { type: 'object', since: '1.16' },
    },
  },
};

/** What a Firecracker of a version answers to a call by its form and order alone; undefined when there is no fault. */
export function faultOf(
  version: string,
  call: string,
  body: unknown,
  state: MachineState,
): string | undefined {
  const spec = CALLS[call];
  if (!spec || isBefore(version, spec.since)) {
    return `Invalid request method and/or path: ${call.replace(' /', ' ')}.`;
  }
  const fault = fieldsFault(version, spec.fields, body);
  if (fault !== undefined) {
    return `An error occurred when deserializing the json body of a request: ${fault}.`;
  }
  if (spec.states.includes(state)) return undefined;
  if (call === 'PUT /snapshot/load') {
    return 'Loading a microVM snapshot not allowed after configuring boot-specific resources.';
  }
  const moment = state === 'running' || state === 'paused' ? 'after' : 'before';
  return `The requested operation is not supported ${moment} starting the microVM.`;
}

function fieldsFault(
  version: string,
  fields: Readonly<Record<string, FieldSpec>>,
  body: unknown,
): string | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'invalid type, expected a map';
  for (const [name, value] of Object.entries(body)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const known =
      field && !isBefore(version, field.since) && (!field.until || isBefore(version, field.until));
    if (!known) return `unknown field \`${name}\``;
    if (!fits(field, value)) return `invalid value of \`${name}\``;
  }
  const missing = Object.entries(fields).find(([name, field]) => field.required && !(name in body));
  return missing && `missing field \`${missing[0]}\``;
}

function fits({ type, min, max }: FieldSpec, value: unknown): boolean {
  if (typeof type === 'object') return typeof value === 'string' && type.includes(value);
  if (type === 'object') return typeof value === 'object' && value !== null;
  if (type !== 'integer') return typeof value === type;
  return Number.isInteger(value) && Number(value) >= (min ?? 0) && Number(value) <= (max ?? Infinity);
}

/** Whether `version` is older than `since`. */
export function isBefore(version: string, since: string | undefined): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = (since ?? '0.0').split('.').map(Number);
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
}
