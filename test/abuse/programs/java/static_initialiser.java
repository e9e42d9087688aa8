public class Main {
    static final Object LOCK = new Object();

    static {
        // Waits for this class to be initialised, which waits for it.
        Thread other = new Thread(() -> System.out.println(LOCK));
        other.start();
        System.out.println("begun");
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new Error(e);
        }
    }

    public static void main(String[] args) {
        System.out.println("ESCAPED");
    }
}
