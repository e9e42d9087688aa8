const zones: readonly string[] = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];
const moment: Date = new Date(Date.UTC(2024, 2, 31, 0, 30));

console.log(new Date(0).toString(), Intl.DateTimeFormat().resolvedOptions().timeZone);
for (const timeZone of zones) {
  console.log(new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'long' }).format(moment));
}
console.log((1234567.891).toLocaleString('de-DE'), (1234567.891).toLocaleString());
const start: bigint = process.hrtime.bigint();
setTimeout(() => {
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  console.log(elapsed > 45 && elapsed < 2000, Date.now() > Date.UTC(2025, 0, 1));
}, 50);
