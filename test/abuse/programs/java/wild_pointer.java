import java.lang.reflect.Field;
import sun.misc.Unsafe;

public class Main {
    public static void main(String[] args) throws Exception {
        Field field = Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Unsafe unsafe = (Unsafe) field.get(null);
        System.out.println("begun");
        System.out.flush();
        // A cast that lies about a class, and writes to the kernel and to nowhere.
        unsafe.putLong(0xffffffff81000000L, 1);
        unsafe.putLong(0L, 1);
        System.out.println("ESCAPED");
    }
}
