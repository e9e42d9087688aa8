console.log(new Date(0).toString(), new Date(2024, 0, 31).toISOString(), new Date().getTimezoneOffset());
console.log(Intl.DateTimeFormat().resolvedOptions().timeZone, Intl.DateTimeFormat().resolvedOptions().locale);
const moment = new Date(Date.UTC(2024, 2, 31, 0, 30));
for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']) {
  console.log(new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'long' }).format(moment));
}
console.log((1234567.891).toLocaleString('de-DE'), (1234567.891).toLocaleString());
console.log(new Intl.PluralRules('pl').select(3), new Intl.ListFormat('fr').format(['a', 'b', 'c']));
process.env.TZ = 'Asia/Tokyo';
console.log(new Date(0).getHours());
const start = process.hrtime.bigint();
setTimeout(() => {
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  console.log(elapsed > 45 && elapsed < 2000, Date.now() > Date.UTC(2025, 0, 1));
  console.log(Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 100);
}, 50);
