public class Main {
    public static void main(String[] args) {
        int made = 0;
        try {
            while (made < 100000) {
                Thread thread = new Thread(null, Main::rest, "t", 1 << 16);
                thread.setDaemon(true);
                thread.setPriority(Thread.MAX_PRIORITY);
                thread.start();
                made++;
            }
            System.out.println("ESCAPED");
        } catch (OutOfMemoryError e) {
            System.out.println("threads are bounded");
        }
        System.out.flush();
        Runtime.getRuntime().halt(6);
    }

    static void rest() {
        while (true) {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                continue;
            }
        }
    }
}
