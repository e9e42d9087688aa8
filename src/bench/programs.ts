/** The programs that the benchmark runs in one language. */
export interface Programs {
  /** Prints {@link GREETING}. */
  readonly hello: string;
  /** Sleeps for {@link SLEEP_MS} and allocates nothing. */
  readonly sleeper: string;
}

export const GREETING = 'Hello, World!\n';

export const SLEEP_MS = 20_000;

/** By language; others are not measured. */
export const PROGRAMS: Readonly<Record<string, Programs>> = {
  python: {
    hello: 'print("Hello, World!")',
    sleeper: `import time\ntime.sleep(${SLEEP_MS / 1000})`,
  },
  javascript: {
    hello: 'console.log("Hello, World!");',
    sleeper: `setTimeout(() => {}, ${SLEEP_MS});`,
  },
};
