function* rows(count: number): Generator<string, void, undefined> {
  for (let i = 0; i < count; i++) yield `${String(i).padStart(5, '0')} abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG`;
}

for (const row of rows(4000)) console.log(row);
