import { loadConfig } from '../../config/load.ts';
import { hashKey, makeKey } from '../../pyroshell/access/api-key.ts';
import { changeKeyFile, KEY_NAME, readKeyFile } from '../../pyroshell/access/key-file.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { failure } from '../failure.ts';

/** `tvm keys add`: prints a new key, which is then known to nobody but the reader. */
export async function addKey(ctx: CliContext, { name }: { readonly name: string }): Promise<number> {
  const { output } = ctx;
  if (!KEY_NAME.test(name)) {
    throw failure(`${name}: a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit`, {
      code: 'invalid_request',
      remedy: 'Choose another name; it appears in the log beside the requests.',
    });
  }
  const key = makeKey();
  const entry = { name, sha256: hashKey(key), createdAt: new Date().toISOString() };
  await changeKeyFile(loadConfig().paths.keysFile, (keys) => {
    if (keys.some((other) => other.name === name)) {
      throw failure(`there is a key named ${name} already`, {
        code: 'invalid_request',
        remedy: 'Choose another name, or revoke that key first.',
      });
    }
    return [...keys, entry];
  });
  await output.line(key);
  await output.note('this is the only time that the key is shown; TVM keeps a hash of it');
  await output.note(
    'requests need it within a second, as "Authorization: Bearer KEY"; `tvm` takes it from TVM_API_KEY',
  );
  return EXIT.ok;
}

/** `tvm keys list`: names and dates, never keys or hashes. */
export async function listKeys(ctx: CliContext, { json }: { readonly json: boolean }): Promise<number> {
  const { output } = ctx;
  const file = readKeyFile(loadConfig().paths.keysFile);
  const keys = file?.keys ?? [];
  if (json) {
    await output.json({
      required: file !== undefined,
      keys: keys.map(({ name, createdAt }) => ({ name, created_at: createdAt })),
    });
  } else if (keys.length > 0) {
    await output.table([['NAME', 'CREATED'], ...keys.map(({ name, createdAt }) => [name, createdAt])]);
  } else {
    await output.line(
      file ? 'No key is left: TVM refuses every request.' : 'There are no keys, and none is needed.',
    );
  }
  return EXIT.ok;
}

/** `tvm keys revoke`: a TVM that runs refuses the key within a second. */
export async function revokeKey(ctx: CliContext, { name }: { readonly name: string }): Promise<number> {
  const { output } = ctx;
  const { keysFile } = loadConfig().paths;
  let left = 0;
  await changeKeyFile(keysFile, (keys) => {
    const others = keys.filter((key) => key.name !== name);
    if (others.length === keys.length) {
      throw failure(`there is no key named ${name}`, {
        code: 'invalid_request',
        remedy: '`tvm keys list` has the names.',
      });
    }
    left = others.length;
    return others;
  });
  await output.line(`revoked ${name}`);
  if (left === 0) {
    await output.note('no key is left: TVM refuses every request until `tvm keys add`');
    await output.note(`to serve without keys again, stop TVM, remove ${keysFile} and start it`);
  }
  return EXIT.ok;
}
