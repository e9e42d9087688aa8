public class Main {
    public static void main(String[] args) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4000; i++) text.append(String.format("%05d %s%n", i, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"));
        System.out.print(text);
    }
}
