/* 2 GiB in the program's file, and as much beside it. */
static volatile char data[1 << 30] = {1, 2, 3};
static volatile char more[1 << 30] = {4, 5, 6};
static volatile char none[1ul << 30];

int main(void)
{
    return data[1] + more[1] + none[1];
}
