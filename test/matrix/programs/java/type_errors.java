public class Main {
    static int answer() {
    }

    public static void main(String[] args) {
        int number = "text";
        final String name = "a";
        name = undefined;
        System.out.println(number.length() + überall);
    }
}
