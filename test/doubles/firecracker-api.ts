import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { faultOf, isBefore } from './firecracker-api-spec.ts';
import type { MachineState } from './firecracker-api-spec.ts';
import { VsockDouble } from './firecracker-api-guest.ts';

/** What becomes of a call instead of its answer. */
export type Mishap = 'fault' | 'hang' | 'die' | 'garbage' | 'hang-up' | 'flood' | 'ok';

export interface FirecrackerDoubleOptions {
  readonly version: string;
  /** What `GET /version` says, if it is another. */
  readonly reportedVersion?: string;
  readonly mishaps?: Readonly<Record<string, Mishap>>;
  /** What it complains of in a `fault`. */
  readonly complaint?: string;
  readonly listensAfterMs?: number;
  readonly resets?: number;
  readonly vsockAnswer?: string;
}

/** Firecracker's codes for bad arguments and for everything else. */
const [BAD_ARGUMENTS, FAILURE] = [153, 1];

/** Bytes of memory that the double writes for each MiB of its guest. */
const MEMORY_BYTES_PER_MIB = 64;

/** A process that speaks Firecracker's API on its socket; the machine behind it is a scripted agent. */
class FirecrackerDouble {
  readonly #options: FirecrackerDoubleOptions;
  #state: MachineState = 'untouched';
  #hasKernel = false;
  #memoryMib = 128;
  #nonce = randomBytes(16);
  #isClone = false;
  #vsock: { readonly path: string; readonly double: VsockDouble } | undefined;

  constructor(options: FirecrackerDoubleOptions) {
    this.#options = options;
  }

  listen(path: string): void {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#handle(`${request.method} ${request.url}`, Buffer.concat(chunks).toString(), response);
      });
    });
    server.on('error', () => process.exit(FAILURE));
    server.listen(path);
  }

  #handle(call: string, text: string, response: ServerResponse): void {
    process.stdout.write(`${call} ${text}\n`);
    const mishap = this.#options.mishaps?.[call];
    if (mishap !== undefined) {
      this.#suffer(mishap, response);
    } else if (call === 'GET /version') {
      const { version, reportedVersion = version } = this.#options;
      reply(response, 200, { firecracker_version: reportedVersion });
    } else {
      const fault = this.#fault(call, text);
      if (fault === undefined) reply(response, 204, undefined);
      else reply(response, 400, { fault_message: fault });
    }
  }

  #suffer(mishap: Mishap, response: ServerResponse): void {
    const { complaint = 'told to fail' } = this.#options;
    const socket = response.socket;
    if (mishap === 'fault') reply(response, 400, { fault_message: complaint });
    else if (mishap === 'ok') reply(response, 200, {});
    else if (mishap === 'garbage') socket?.end('this is not HTTP\r\n\r\n');
    else if (mishap === 'flood') response.writeHead(400).end('x'.repeat(1024 * 1024));
    else if (mishap === 'hang-up') socket?.destroy();
    else if (mishap === 'die') process.stderr.write(`${complaint}\n`, () => process.exit(FAILURE));
  }

  #fault(call: string, text: string): string | undefined {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return 'An error occurred when deserializing the json body of a request.';
    }
    const fault = faultOf(this.#options.version, call, body, this.#state);
    if (fault !== undefined) return fault;
    if (this.#state === 'untouched') this.#state = 'configuring';
    try {
      return this.#do(call, body as Record<string, string>);
    } catch (error) {
      return (error as Error).message;
    }
  }

  #do(call: string, body: Record<string, string>): string | undefined {
    const { uds_path: path = '', snapshot_path: state = '', mem_file_path: memory = '' } = body;
    switch (call) {
      case 'PUT /machine-config':
        this.#memoryMib = Number(body['mem_size_mib']);
        return undefined;
      case 'PUT /boot-source':
        for (const name of ['kernel_image_path', 'initrd_path']) accessSync(body[name] ?? '', constants.R_OK);
        this.#hasKernel = true;
        return undefined;
      case 'PUT /drives/rootfs':
        accessSync(body['path_on_host'] ?? '', constants.R_OK);
        return undefined;
      case 'PUT /vsock':
        return this.#bind(path);
      case 'PUT /actions':
        if (!this.#hasKernel) return 'Cannot start microvm without kernel configuration.';
        this.#run();
        return undefined;
      case 'PATCH /vm':
        if (body['state'] === 'Resumed') this.#run();
        else this.#state = 'paused';
        return undefined;
      case 'PUT /snapshot/create':
        return this.#save(state, memory);
      case 'PUT /snapshot/load':
        return this.#load(state, (body['mem_backend'] as unknown as Record<string, string>) ?? {});
      default:
        return undefined;
    }
  }

  #bind(path: string): string | undefined {
    if (existsSync(path)) return 'Cannot create backend for vsock device: UnixBind(Address already in use)';
    this.#vsock = { path, double: new VsockDouble(path) };
    return undefined;
  }

  #run(): void {
    this.#state = 'running';
    const { listensAfterMs = 0, resets = 0, vsockAnswer: answer } = this.#options;
    const start = { nonce: this.#nonce, isClone: this.#isClone, listensAfterMs, resets, answer };
    this.#vsock?.double.start(start);
  }

  #save(state: string, memory: string): undefined {
    writeFileSync(memory, Buffer.alloc(this.#memoryMib * MEMORY_BYTES_PER_MIB, 1), { flag: 'r+' });
    const { version } = this.#options;
    const saved = {
      version,
      nonce: this.#nonce.toString('hex'),
      vsock: this.#vsock?.path,
      mib: this.#memoryMib,
    };
    writeFileSync(state, JSON.stringify(saved), { flag: 'r+' });
  }

  /** A process whose snapshot cannot be loaded ends. */
  #load(state: string, backend: Record<string, string>): string | undefined {
    if (backend['backend_type'] !== 'File') return 'unknown variant of `backend_type`';
    const saved = JSON.parse(readFileSync(state, 'utf8')) as Record<string, string>;
    const size = statSync(backend['backend_path'] ?? '').size;
    if (saved['version'] !== this.#options.version || size !== Number(saved['mib']) * MEMORY_BYTES_PER_MIB) {
      setTimeout(() => process.exit(FAILURE), 10);
      return 'Load microVM snapshot error: Cannot deserialize the microVM state';
    }
    this.#nonce = Buffer.from(saved['nonce'] ?? '', 'hex');
    this.#isClone = true;
    this.#state = 'paused';
    return this.#bind(saved['vsock'] ?? '');
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** As a program it does what the options in its first line say. */
function main(options: FirecrackerDoubleOptions): void {
  // The times are what a jailer says.
  const times = ['start-time-us', 'start-time-cpu-us', 'parent-cpu-time-us'] as const;
  const names = ['id', 'api-sock', 'level', 'log-path', ...times] as const;
  const { values } = parseArgs({
    options: {
      version: { type: 'boolean' },
      ...(Object.fromEntries(names.map((name) => [name, { type: 'string' }])) as Record<
        (typeof names)[number],
        { type: 'string' }
      >),
    },
  });
  if (values.version) {
    process.stdout.write(`Firecracker v${options.version}\n\n`);
    return;
  }
  const { id = '', 'api-sock': socket = '', level } = values;
  const needsLogPath = isBefore(options.version, '1.5') && level !== undefined && !values['log-path'];
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id) || socket === '' || needsLogPath) {
    process.stderr.write('Arguments parsing error\n');
    process.exit(BAD_ARGUMENTS);
  }
  new FirecrackerDouble(options).listen(socket);
}

const { firecrackerDouble } = globalThis as { firecrackerDouble?: FirecrackerDoubleOptions };
if (firecrackerDouble) main(firecrackerDouble);
