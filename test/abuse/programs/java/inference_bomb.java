import java.util.function.Function;

public class Main {
    static <T> T pick(T a, T b) {
        return a;
    }

    static <T, R> R with(T value, Function<T, R> function) {
        return function.apply(value);
    }

    static <T, R> R with(T value, Function<T, R> function, int other) {
        return function.apply(value);
    }

    static <R> R with(int value, Function<Integer, R> function) {
        return function.apply(value);
    }

    public static void main(String[] args) {
        Object result =
            with(0, a0 -> with(a0, b0 -> pick(a0, with(1, a1 -> with(a1, b1 -> pick(a1, with(2, a2 -> with(a2, b2 -> pick(a2, with(3, a3 -> with(a3, b3 -> pick(a3, with(4, a4 -> with(a4, b4 -> pick(a4, with(5, a5 -> with(a5, b5 -> pick(a5, with(6, a6 -> with(a6, b6 -> pick(a6, with(7, a7 -> with(a7, b7 -> pick(a7, with(8, a8 -> with(a8, b8 -> pick(a8, with(9, a9 -> with(a9, b9 -> pick(a9, with(10, a10 -> with(a10, b10 -> pick(a10, with(11, a11 -> with(a11, b11 -> pick(a11, with(12, a12 -> with(a12, b12 -> pick(a12, with(13, a13 -> with(a13, b13 -> pick(a13, 1))))))))))))))))))))))))))))))))))))))))));
        System.out.println("ESCAPED " + result);
    }
}
