async function load(name: string): Promise<never> {
  await new Promise<void>((resolve) => setTimeout(resolve, 5));
  // A comment, and a line of types only:
  type Unused = { name: string };
  throw new RangeError(`no ${name}`);
}

async function main(): Promise<void> {
  const results = await Promise.allSettled([load('a'), Promise.resolve(2)]);
  console.log(results.map((result) => result.status));
  await load('b');
}

main();
