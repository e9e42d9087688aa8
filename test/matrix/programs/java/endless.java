public class Main {
    public static void main(String[] args) {
        System.out.println("started");
        long n = 0;
        while (true) n = n * 31 + 7;
    }
}
