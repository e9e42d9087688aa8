const enum Code {
  Fine,
  Wrong = 42,
}

process.on('exit', (code: number) => console.log('exit', code));
console.error('to stderr' as const);
setTimeout((): void => console.log('never'), 1000);
void Promise.resolve().then((): never => process.exit(Code.Wrong));
