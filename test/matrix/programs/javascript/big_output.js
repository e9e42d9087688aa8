for (let i = 0; i < 4000; i++) {
  console.log(String(i).padStart(5, '0'), 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG');
}
