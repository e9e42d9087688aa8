const value: number = await Promise.resolve(1);
console.log(value);
