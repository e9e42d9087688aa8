import java.util.ArrayList;
import java.util.List;

public class Main {
    public static void main(String[] args) {
        System.out.println("begun");
        int caught = 0;
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            try {
                kept.add(new byte[1 << 20]);
            } catch (OutOfMemoryError e) {
                if (++caught == 50) {
                    kept = null;
                    System.out.println("caught fifty times");
                    throw e;
                }
            }
        }
    }
}
