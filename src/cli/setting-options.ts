import { Option } from 'commander';
import type { Command } from 'commander';
import { SECRET_SETTINGS, SETTING_NAMES, settingsSchema } from '../config/schema.ts';
import type { SettingName } from '../config/schema.ts';

const FLAGS = SETTING_NAMES.filter((name) => !SECRET_SETTINGS.has(name));

/** Settings as the command line gave them; {@link loadConfig} checks them. */
export type SettingFlags = Partial<Record<SettingName, string>>;

/** Adds a flag for every setting that is no secret: `second_port` is `--second-port <value>`. */
export function addSettingOptions(command: Command): Command {
  for (const name of FLAGS) {
    const { description = '' } = settingsSchema.shape[name];
    command.addOption(new Option(`${flagOf(name)} <value>`, description).helpGroup('Settings:'));
  }
  return command;
}

/** Picks the settings among a command's parsed options. */
export function settingFlags(options: Readonly<Record<string, unknown>>): SettingFlags {
  const flags: SettingFlags = {};
  for (const name of FLAGS) {
    const value = options[new Option(`${flagOf(name)} <value>`).attributeName()];
    if (typeof value === 'string') flags[name] = value;
  }
  return flags;
}

/** The flags as arguments for another `tvm`. */
export function settingArguments(flags: SettingFlags): string[] {
  return FLAGS.flatMap((name) => {
    const value = flags[name];
    return value === undefined ? [] : [`${flagOf(name)}=${value}`];
  });
}

function flagOf(name: SettingName): string {
  return `--${name.replaceAll('_', '-')}`;
}
