// Ten thousand timers that begin ten thousand more.
let alive: number = 0;
const again = (depth: number): void => {
  alive += 1;
  if (alive < 1e5) for (let i = 0; i < 2; i += 1) setTimeout(again, 0, depth + 1);
  else setInterval(() => again(0), 1);
};
again(0);
