public class Main {
    private static int depth;

    static int down(int n) {
        depth++;
        return n == 0 ? 0 : 1 + down(n - 1);
    }

    public static void main(String[] args) {
        System.out.println(down(5000));
        try {
            down(Integer.MAX_VALUE);
        } catch (StackOverflowError e) {
            System.out.println("overflow, deep enough: " + (depth > 8000) + ", trace of " + e.getStackTrace().length);
        }
    }
}
