import { Command, InvalidArgumentError, Option } from 'commander';
import { LOG_COMPONENTS } from '../sys/paths.ts';
import { VERSION } from '../version.ts';
import type { ImagesBuildInvocation, Invocation, LogsInvocation, RunInvocation } from './invocation.ts';
import { addSettingOptions, settingFlags } from './setting-options.ts';

type Found = (invocation: Invocation) => void;
/** As commander gives them: a flag that was not given is absent. */
type Options = Readonly<Record<string, unknown>>;

interface BenchFlags {
  readonly rounds: number;
  readonly runtime?: readonly string[];
  readonly idle?: number;
  readonly report?: string;
}

const EXAMPLES = `
Examples:
  tvm quickstart                              build what is needed, start, run two programs
  tvm start --port 9000                       serve in the background
  tvm run hello.py                            run a program in a fresh microVM
  echo abc | tvm run x.py --stdin - -- -v     with input and arguments
  tvm logs --component api --follow
  tvm images build python@3.11

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration; status: 3 not running, 4 not healthy;
run: the program's own, 124 timed out, 125 TVM could not run it.`;

/** The commands of `tvm`. Parsing calls `found` with what was understood and `out` with help that was asked for. */
export function createProgram(found: Found, out: (text: string) => void): Command {
  const program = new Command('tvm')
    .description('TVM runs code that nobody trusts, each time in a microVM that nobody used before.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
    // `tvm run --version 3.11` is the language's version, `tvm --version` TVM's.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: out, outputError: () => {} });
  addService(program, found);
  addRun(program, found);
  addImages(program, found);
  addKernel(program, found);
  addKeys(program, found);
  program
    .command('doctor')
    .description('say what this machine can do and what would improve it')
    .option('--json', 'print JSON')
    .option('--fix', 'first get what is missing and can be had: Firecracker, where there is KVM')
    .action((options: Options) =>
      found({ command: 'doctor', json: isSet(options, 'json'), fix: isSet(options, 'fix') }),
    );
  program
    .command('bench')
    .description(
      'measure this machine in one run: microVMs booted, cloned and pooled, load, memory, a bare sandbox',
    )
    .option('--rounds <n>', 'times that each series goes round', wholeNumber(1), 10)
    .option('--runtime <name...>', 'only these, such as python@3.11')
    .option('--idle <seconds>', 'also measure clones that waited so long', wholeNumber(1))
    .option('--report <file>', 'also write the report as JSON to this file')
    .option('--json', 'print the report as JSON')
    .action((options: Options & BenchFlags) => {
      const { rounds, runtime: runtimes = [], idle: idleSeconds, report } = options;
      found({ command: 'bench', rounds, runtimes, idleSeconds, report, json: isSet(options, 'json') });
    });
  program
    .command('setup')
    .description('install what TVM itself needs, and nothing else')
    .action(() => found({ command: 'setup' }));
  return program;
}

function addService(program: Command, found: Found): void {
  const quickstart = program
    .command('quickstart')
    .description('build the images of Python and JavaScript, start TVM, run a program in each')
    .action((options: Options) => found({ command: 'quickstart', flags: settingFlags(options) }));
  addSettingOptions(quickstart);

  const start = program
    .command('start')
    .description('start TVM in the background; returns when it is healthy')
    .option('--foreground', 'serve in this process, as a supervisor wants it')
    .addOption(new Option('--background').hideHelp())
    .option('--json', 'print addresses and pid as JSON')
    .action((options: Options) =>
      found({
        command: 'start',
        flags: settingFlags(options),
        foreground: isSet(options, 'foreground'),
        background: isSet(options, 'background'),
        json: isSet(options, 'json'),
      }),
    );
  addSettingOptions(start);

  program
    .command('status')
    .description('show the components and whether they are healthy')
    .option('--json', 'print JSON')
    .action((options: Options) => found({ command: 'status', json: isSet(options, 'json') }));
  program
    .command('stop')
    .description('stop TVM; running executions get a grace period')
    .action(() => found({ command: 'stop' }));
  program
    .command('logs')
    .description('show the logs, merged by time')
    .addOption(new Option('--component <name>', 'only this component').choices(LOG_COMPONENTS))
    .option('-f, --follow', 'go on with what is written from now')
    .option('-n, --lines <n>', 'how many lines', wholeNumber(0), 100)
    .option('--json', 'print the lines as they are stored')
    .action((options: Options & Pick<LogsInvocation, 'component' | 'lines'>) => {
      const { component, lines } = options;
      const [follow, json] = [isSet(options, 'follow'), isSet(options, 'json')];
      found({ command: 'logs', component, lines, follow, json });
    });
}

function addRun(program: Command, found: Found): void {
  const run = program
    .command('run')
    .description('run a program in a fresh microVM and exit with its exit code')
    .argument('<file>', 'source file, or - for standard input')
    .argument('[args...]', 'arguments of the program, after --')
    .option('--language <name>', 'language; by default from the file name')
    .option('--version <version>', 'version of the language')
    .option('--timeout-ms <ms>', 'time limit in ms', wholeNumber(1))
    .option('--memory-mb <mb>', 'memory limit in MB', wholeNumber(1))
    .option('--cpu-count <n>', 'number of CPUs', wholeNumber(1))
    .option('--stdin <file>', 'input of the program, - for standard input; else it reads end of file')
    .option('--json', 'print the reply as JSON')
    .addHelpText('after', '\nExample: echo abc | tvm run x.py --stdin - -- first second')
    .action(
      (file: string, args: string[], options: Options & Omit<RunInvocation, 'flags' | 'file' | 'args'>) => {
        const { language, version, timeoutMs, memoryMb, cpuCount, stdin } = options;
        const [flags, json] = [settingFlags(options), isSet(options, 'json')];
        const limits = { timeoutMs, memoryMb, cpuCount };
        found({ command: 'run', flags, file, args, language, version, ...limits, stdin, json });
      },
    );
  addSettingOptions(run);
}

function addImages(program: Command, found: Found): void {
  const images = program.command('images').description('build, list and remove the images of the languages');
  images
    .command('build')
    .description('build images; without names those of quickstart')
    .argument('[runtime...]', 'such as python@3.11 or javascript')
    .option('--all', 'everything that can be reached from here')
    .option(
      '--name <label>',
      'make a runtime of your own of one version: python@3.11 becomes python@3.11-LABEL',
    )
    .option('--with <package>', 'add a Debian package; may be repeated', collect, [])
    .option('--with-npm <name@version>', 'add an npm package; may be repeated', collect, [])
    .option(
      '--copy <folder:path>',
      'copy a file or folder to a path in the image; may be repeated',
      collect,
      [],
    )
    .option('--oci <image>', 'take an OCI image by its full name instead of the base of the version')
    .addOption(new Option('--sources').hideHelp())
    .addHelpText('after', '\nExample: tvm images build python@3.11 --name numpy --with python3-numpy')
    .action(
      (
        runtimes: string[],
        options: Options & Omit<ImagesBuildInvocation, 'runtimes' | 'all' | 'sources'>,
      ) => {
        const { name, with: packages, withNpm, copy, oci } = options;
        const [all, sources] = [isSet(options, 'all'), isSet(options, 'sources')];
        found({ command: 'images build', runtimes, all, name, with: packages, withNpm, copy, oci, sources });
      },
    );
  images
    .command('list')
    .description('list every language and version, and how it stands on this machine')
    .option('--json', 'print JSON')
    .option('--markdown', 'print the page docs/runtimes.md')
    .action((options: Options) => {
      const [json, markdown] = [isSet(options, 'json'), isSet(options, 'markdown')];
      found({ command: 'images list', json, markdown });
    });
  images
    .command('remove')
    .description('remove images')
    .argument('<runtime...>', 'such as python@3.11')
    .action((runtimes: string[]) => found({ command: 'images remove', runtimes }));
}

function addKernel(program: Command, found: Found): void {
  const kernel = program
    .command('kernel')
    .description('build a small guest kernel, with which microVMs boot faster');
  kernel
    .command('build')
    .description("build it from Debian's source unless it is up to date; takes some minutes")
    .option('--force', "build it anew, from Debian's newest source")
    .action((options: Options) => found({ command: 'kernel build', force: isSet(options, 'force') }));
  kernel
    .command('status')
    .description('say which kernel microVMs boot')
    .option('--json', 'print JSON')
    .action((options: Options) => found({ command: 'kernel status', json: isSet(options, 'json') }));
  kernel
    .command('remove')
    .description("go back to Debian's kernel")
    .action(() => found({ command: 'kernel remove' }));
}

function addKeys(program: Command, found: Found): void {
  const keys = program
    .command('keys')
    .description('make, list and revoke API keys; with one, the API needs one');
  keys
    .command('add')
    .description('make a key and print it, this once')
    .argument('<name>', 'name of the key, for the log and for revoking it')
    .action((name: string) => found({ command: 'keys add', name }));
  keys
    .command('list')
    .description('list the names of the keys')
    .option('--json', 'print JSON')
    .action((options: Options) => found({ command: 'keys list', json: isSet(options, 'json') }));
  keys
    .command('revoke')
    .description('make a key invalid, within a second also for a TVM that runs')
    .argument('<name>', 'name of the key')
    .action((name: string) => found({ command: 'keys revoke', name }));
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function isSet(options: Options, name: string): boolean {
  return options[name] === true;
}

function wholeNumber(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}
