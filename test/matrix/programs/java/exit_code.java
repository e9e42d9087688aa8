public class Main {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        try {
            System.out.println("before");
            System.err.println("to stderr");
            System.exit(42);
        } finally {
            System.out.println("never");
        }
    }
}
