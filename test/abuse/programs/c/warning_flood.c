#define P1(x) x x x x x x x x x x
#define P2(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x) P1(x)
#define P3(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x) P2(x)
#define P4(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x) P3(x)
#define SAY _Pragma("GCC warning \"a warning that says the same again and again and again and again and again and again, and it is long enough that ten thousand of them are more than a client shall ever have to read\"")

int main(void)
{
    P4(SAY)
    return 0;
}
