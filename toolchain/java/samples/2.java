import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What ordinary programs use, for the compiler to have seen. */
class Basics {
    interface Shape {
        double area();

        default String describe() {
            return getClass().getSimpleName() + " of " + String.format("%.2f", area());
        }
    }

    enum Colour {
        RED("r"),
        GREEN("g") {
            @Override
            int weight() {
                return 2;
            }
        };

        private final String code;

        Colour(String code) {
            this.code = code;
        }

        int weight() {
            return 1;
        }
    }

    static final class Circle implements Shape, Comparable<Circle> {
        private final double radius;

        Circle(double radius) {
            if (radius < 0) throw new IllegalArgumentException("radius " + radius);
            this.radius = radius;
        }

        @Override
        public double area() {
            return Math.PI * radius * radius;
        }

        @Override
        public int compareTo(Circle other) {
            return Double.compare(radius, other.radius);
        }
    }

    static class Node<T extends Comparable<T>> {
        final T value;
        Node<T> next;

        Node(T value) {
            this.value = value;
        }
    }

    private static int counter;

    static <T extends Comparable<T>> T largest(List<? extends T> items) {
        T best = null;
        for (T item : items) {
            if (best == null || item.compareTo(best) > 0) best = item;
        }
        return best;
    }

    static long fibonacci(int n) {
        long a = 0, b = 1;
        while (n-- > 0) {
            long next = a + b;
            a = b;
            b = next;
        }
        return a;
    }

    static synchronized void count() {
        counter++;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Scanner scanner = new Scanner(System.in);
        int n = scanner.hasNextInt() ? scanner.nextInt() : 10;
        int[][] grid = new int[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < grid[i].length; j++) grid[i][j] = i * j % 7;
        }
        Map<String, List<Integer>> groups = new HashMap<>();
        for (int value : grid[n - 1]) {
            groups.computeIfAbsent(value % 2 == 0 ? "even" : "odd", key -> new ArrayList<>()).add(value);
        }
        for (Map.Entry<String, List<Integer>> entry : groups.entrySet()) {
            System.out.println(entry.getKey() + " -> " + entry.getValue());
        }
        List<String> words = Arrays.asList("b", "a", "c");
        Collections.sort(words, Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()));
        System.out.println(words.stream().map(String::toUpperCase).collect(Collectors.joining(", ", "[", "]")));
        Function<Integer, Integer> square = x -> x * x;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5; i++) text.append(square.apply(i)).append(' ');
        System.out.printf("%s %d %.3f%n", text.toString().trim(), fibonacci(50), Math.sqrt(2));
        switch (words.get(0)) {
            case "a":
                count();
                break;
            default:
                System.err.println("none");
        }
        var thread = new Thread(Basics::count);
        thread.start();
        thread.join();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(System.in))) {
            String line;
            while ((line = reader.readLine()) != null) System.out.println(line);
        } catch (IllegalStateException | ArithmeticException e) {
            e.printStackTrace();
        } finally {
            System.out.println(counter + (char) ('a' + 1) + largest(List.of(1, 2, 3)));
        }
        Runnable task = new Runnable() {
            @Override
            public void run() {
                Shape shape = new Circle(2.0);
                System.out.println(shape.describe() + Colour.GREEN.weight());
            }
        };
        task.run();
        Object unknown = new Node<>("x");
        if (unknown instanceof Node) System.exit(0);
    }
}
