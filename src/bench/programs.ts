/** The programs that the benchmark runs in one language. */
export interface Programs {
  /** Prints {@link GREETING}. */
  readonly hello: string;
  /** Sleeps for {@link SLEEP_MS} and allocates nothing. */
  readonly sleeper: string;
}

export const GREETING = 'Hello, World!\n';

export const SLEEP_MS = 20_000;

const SLEEP_S = SLEEP_MS / 1000;

/** By language; others are not measured. */
export const PROGRAMS: Readonly<Record<string, Programs>> = {
  python: {
    hello: 'print("Hello, World!")',
    sleeper: `import time\ntime.sleep(${SLEEP_S})`,
  },
  javascript: {
    hello: 'console.log("Hello, World!");',
    sleeper: `setTimeout(() => {}, ${SLEEP_MS});`,
  },
  typescript: {
    hello: 'const message: string = "Hello, World!";\nconsole.log(message);',
    sleeper: `setTimeout(() => {}, ${SLEEP_MS} as number);`,
  },
  ruby: { hello: 'puts "Hello, World!"', sleeper: `sleep ${SLEEP_S}` },
  go: {
    hello: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, World!")\n}\n',
    sleeper: `package main\n\nimport "time"\n\nfunc main() {\n\ttime.Sleep(${SLEEP_S} * time.Second)\n}\n`,
  },
  rust: {
    hello: 'fn main() {\n    println!("Hello, World!");\n}\n',
    sleeper: `fn main() {\n    std::thread::sleep(std::time::Duration::from_secs(${SLEEP_S}));\n}\n`,
  },
  java: {
    hello: javaMain('System.out.println("Hello, World!");'),
    sleeper: javaMain(`Thread.sleep(${SLEEP_MS});`),
  },
  c: {
    hello: '#include <stdio.h>\n\nint main(void) {\n  printf("Hello, World!\\n");\n  return 0;\n}\n',
    sleeper: `#include <unistd.h>\n\nint main(void) {\n  sleep(${SLEEP_S});\n  return 0;\n}\n`,
  },
  cpp: {
    hello:
      '#include <iostream>\n\nint main() {\n  std::cout << "Hello, World!" << std::endl;\n  return 0;\n}\n',
    sleeper: `#include <unistd.h>\n\nint main() {\n  sleep(${SLEEP_S});\n  return 0;\n}\n`,
  },
  bash: { hello: 'echo "Hello, World!"', sleeper: `sleep ${SLEEP_S}` },
};

function javaMain(statement: string): string {
  return `public class Main {\n  public static void main(String[] args) throws Exception {\n    ${statement}\n  }\n}\n`;
}
