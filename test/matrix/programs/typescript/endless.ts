console.log('started' as string);
for (;;);
