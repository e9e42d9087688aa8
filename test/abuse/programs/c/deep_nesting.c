#define P1(x) x x x x x x x x x x
#define P2(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x)
#define P3(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x)
#define P4(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x)
#define P5(x) P4(x) P4(x) P4(x) P4(x) P4(x) P4(x) P4(x) P4(x) P4(x) P4(x)

/* Operators nested half a million deep. */
#define OPEN ~!-+
#define DEEP P5(OPEN)

int main(void)
{
    return DEEP 1;
}
