import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

public class Main {
    public static void main(String[] args) {
        System.out.println(Integer.MAX_VALUE + 1 + " " + (Long.MIN_VALUE - 1) + " " + Math.abs(Integer.MIN_VALUE));
        System.out.println((byte) 200 + " " + (int) 3.99e20 + " " + (char) 66 + " " + (short) 70000 + " " + (int) Double.NaN);
        System.out.println(-7 / 2 + " " + -7 % 2 + " " + Math.floorMod(-7, 2) + " " + (-8 >> 1) + " " + (-8 >>> 28) + " " + (1 << 33));
        System.out.println(0.1 + 0.2);
        System.out.println(1.0 / 0 + " " + 0.0 / 0 + " " + -1 / 0.0 + " " + (0.0 == -0.0) + " " + Double.valueOf(0.0).equals(-0.0));
        System.out.println(Double.MIN_VALUE + " " + Float.MAX_VALUE + " " + (float) 0.1 + " " + (double) (float) 0.1);
        System.out.println(Math.sqrt(2) + " " + Math.pow(2, 0.5) + " " + Math.cbrt(27) + " " + Math.hypot(3, 4));
        System.out.println(Math.round(-2.5) + " " + Math.rint(2.5) + " " + Math.ceil(-0.5));
        BigInteger factorial = BigInteger.ONE;
        for (int i = 2; i <= 50; i++) factorial = factorial.multiply(BigInteger.valueOf(i));
        System.out.println(factorial);
        System.out.println(BigInteger.TWO.modPow(BigInteger.valueOf(1000), BigInteger.valueOf(1_000_000_007)) + " "
            + BigInteger.valueOf(97).modInverse(BigInteger.valueOf(1009)));
        System.out.println(BigDecimal.ONE.divide(BigDecimal.valueOf(7), new MathContext(40)) + " "
            + new BigDecimal("2.675").setScale(2, RoundingMode.HALF_EVEN));
        try {
            Math.addExact(Integer.MAX_VALUE, 1);
        } catch (ArithmeticException e) {
            System.out.println(e.getMessage());
        }
        System.out.println(Long.toUnsignedString(-1L) + " " + Integer.toBinaryString(42) + " " + Integer.parseUnsignedInt("4294967295")
            + " " + Long.bitCount(255L) + " " + Integer.reverse(1));
        double sum = 0;
        for (int i = 1; i <= 100_000; i++) sum += 1.0 / i;
        System.out.println(sum);
    }
}
