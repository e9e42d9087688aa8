/** The programs that the benchmark runs: each prints one line. */
export const HELLO_WORLD: Readonly<
  Record<string, { readonly code: string; readonly host: readonly string[] }>
> = {
  python: { code: 'print("Hello, World!")', host: ['python3', '-c', 'print("Hello, World!")'] },
  javascript: { code: 'console.log("Hello, World!");', host: ['node', '-e', 'console.log("Hello, World!")'] },
};
