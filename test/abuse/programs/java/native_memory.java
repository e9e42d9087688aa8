import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Unsafe;

public class Main {
    public static void main(String[] args) throws Exception {
        List<ByteBuffer> kept = new ArrayList<>();
        try {
            while (true) kept.add(ByteBuffer.allocateDirect(1 << 20));
        } catch (OutOfMemoryError e) {
            System.out.println("direct memory is bounded");
        }
        System.out.flush();
        Field field = Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Unsafe unsafe = (Unsafe) field.get(null);
        while (true) unsafe.setMemory(unsafe.allocateMemory(1 << 20), 1 << 20, (byte) 1);
    }
}
