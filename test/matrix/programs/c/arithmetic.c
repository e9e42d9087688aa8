#include <complex.h>
#include <fenv.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <tgmath.h>

int main(void)
{
    volatile double x = 2.0, zero = 0.0;
    volatile unsigned top = UINT_MAX;
    int sum;
    printf("%u %d\n", top + 1, __builtin_add_overflow(INT_MAX, 1, &sum));
    printf("%.15f %.6f %.6f %.10f\n", sqrt(x), pow(x, 0.5) * sin(x), lgamma(x + 0.5), cbrt(x));
    printf("%f %f %d\n", 1 / zero, -1 / zero, isnan(zero / zero));
    printf("%.17g %.17g\n", 0.1 + 0.2, nextafter(1.0, x));
    unsigned __int128 wide = (unsigned __int128)UINT64_MAX * UINT64_MAX;
    printf("%016" PRIx64 "%016" PRIx64 "\n", (uint64_t)(wide >> 64), (uint64_t)wide);
    double complex z = cexp(I * acos(-1.0));
    printf("%.3f %.3f\n", creal(z), fabs(cimag(z)));
    feclearexcept(FE_ALL_EXCEPT);
    volatile double third = 1 / (x + 1);
    printf("%d %d %d\n", third > 0, fetestexcept(FE_INEXACT) != 0, fetestexcept(FE_DIVBYZERO) != 0);
    printf("%Lg %d %a\n", (long double)LDBL_EPSILON, DBL_DIG, x / 3);
    printf("%d %d %d\n", -7 / 2, -7 % 2, (int)-3.99);
    return 0;
}
