async function load(name) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  throw new RangeError(`no ${name}`);
}

async function main() {
  const results = await Promise.allSettled([load('a'), Promise.resolve(2), Promise.race([load('b'), 3])]);
  console.log(results.map(({ status, value, reason }) => `${status} ${value ?? reason.message}`));
  try {
    await Promise.any([load('c'), load('d')]);
  } catch (error) {
    console.log(error.constructor.name, error.errors.map((e) => e.message));
  }
  load('e').catch((error) => console.log('caught', error.message));
  await load('f');
}

main();
