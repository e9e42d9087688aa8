import java.util.ArrayList;
import java.util.List;

public class Main {
    public static void main(String[] args) {
        List<byte[]> blocks = new ArrayList<>();
        long sum = 0;
        for (int i = 0; i < 56; i++) {
            byte[] block = new byte[1 << 20];
            for (int j = 0; j < block.length; j += 512) block[j] = (byte) (i + j / 512);
            blocks.add(block);
        }
        for (byte[] block : blocks) for (int j = 0; j < block.length; j += 512) sum += block[j] & 255;
        System.out.println(blocks.size() + " MiB " + sum);
        blocks = null;
        long garbage = 0;
        for (int i = 0; i < 100; i++) garbage += new byte[1 << 20].length;
        System.out.println(garbage >> 20);
    }
}
