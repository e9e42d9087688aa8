import { CommanderError } from 'commander';
import { createProgram } from './command-tree.ts';
import { EXIT } from './exit-codes.ts';
import { failure } from './failure.ts';
import type { Invocation } from './invocation.ts';

/**
 * Understands the words after `tvm`.
 * @throws TvmError `invalid_request` for a command line that cannot be understood
 */
export function parseArguments(argv: readonly string[]): Invocation {
  let invocation: Invocation | undefined;
  let text = '';
  const program = createProgram(
    (parsed) => {
      invocation = parsed;
    },
    (printed) => {
      text += printed;
    },
  );
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'none', text, exitCode: EXIT.ok };
    // A command that is only half said, such as `tvm images`.
    if (error.code === 'commander.help') return { command: 'none', text, exitCode: EXIT.usage };
    const named = program.commands.find((command) => argv.includes(command.name()));
    throw failure(error.message.replace(/^error: /, '').replaceAll('\n', ' '), {
      code: 'invalid_request',
      remedy: `See \`tvm ${named ? `${named.name()} ` : ''}--help\`.`,
      cause: error,
    });
  }
  return invocation ?? { command: 'none', text, exitCode: EXIT.usage };
}
