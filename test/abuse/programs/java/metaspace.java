import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

public class Main {
    interface Small {}

    public static void main(String[] args) throws Exception {
        System.out.println("begun");
        List<Object> kept = new ArrayList<>();
        URL[] here = {new URL("file:/workspace/")};
        while (true) {
            ClassLoader loader = new URLClassLoader(here, null);
            Class<?> type = loader.loadClass("Main$Small");
            kept.add(Proxy.newProxyInstance(loader, new Class<?>[] {type}, (proxy, method, values) -> null));
        }
    }
}
