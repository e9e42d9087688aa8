import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

interface Visitor<R> {
    R number(double value);

    R binary(char operator, Expression left, Expression right);
}

abstract class Expression {
    abstract <R> R accept(Visitor<R> visitor);

    static Expression number(double value) {
        return new Expression() {
            @Override
            <R> R accept(Visitor<R> visitor) {
                return visitor.number(value);
            }
        };
    }

    static Expression binary(char operator, Expression left, Expression right) {
        return new Expression() {
            @Override
            <R> R accept(Visitor<R> visitor) {
                return visitor.binary(operator, left, right);
            }
        };
    }
}

enum Operation implements Visitor<Double> {
    EVALUATE;

    @Override
    public Double number(double value) {
        return value;
    }

    @Override
    public Double binary(char operator, Expression left, Expression right) {
        double a = left.accept(this), b = right.accept(this);
        switch (operator) {
            case '+':
                return a + b;
            case '*':
                return a * b;
            default:
                throw new IllegalArgumentException("operator " + operator);
        }
    }
}

class Range implements Iterable<Integer> {
    private final int from, to;

    Range(int from, int to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public Iterator<Integer> iterator() {
        return new Iterator<>() {
            private int next = from;

            @Override
            public boolean hasNext() {
                return next < to;
            }

            @Override
            public Integer next() {
                if (!hasNext()) throw new NoSuchElementException();
                return next++;
            }
        };
    }
}

@interface Marker {
    String value() default "none";
}

@Marker("main")
public class Main {
    static <T> List<T> filter(Iterable<? extends T> items, Predicate<? super T> keep) {
        List<T> kept = new ArrayList<>();
        for (T item : items) if (keep.test(item)) kept.add(item);
        return kept;
    }

    class Inner {
        int twice() {
            return 2 * base;
        }
    }

    private final int base = 21;

    static {
        System.out.println("static initialiser");
    }

    public static void main(String... args) {
        Expression sum = Expression.binary('+', Expression.number(2), Expression.binary('*', Expression.number(4), Expression.number(10)));
        System.out.println(sum.accept(Operation.EVALUATE));
        System.out.println(filter(new Range(0, 10), n -> n % 3 == 0));
        System.out.println(new Main().new Inner().twice());
        System.out.println(Operation.valueOf("EVALUATE").ordinal() + " " + new int[0].getClass().getName() + " " + Main.class.getName());
        var list = new ArrayList<Object>(List.of(1, 'c', "s", 2.5f, 3L));
        for (Object o : list) System.out.print(o.getClass().getSimpleName() + " ");
        System.out.println();
    }
}
