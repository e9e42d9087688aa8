import java.util.ArrayList;
import java.util.List;

public class Main {
    static int fill() {
        List<int[]> blocks = new ArrayList<>();
        try {
            while (true) blocks.add(new int[65536]);
        } catch (OutOfMemoryError e) {
            int size = blocks.size();
            blocks = null;
            System.out.println("caught: " + e.getMessage());
            return size;
        }
    }

    public static void main(String[] args) {
        System.out.println("at least half of the limit: " + (fill() / 4 > 64));
        System.out.println("goes on");
        List<long[]> more = new ArrayList<>();
        while (true) more.add(new long[100_000]);
    }
}
