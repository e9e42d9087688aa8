import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;

public class Main {
    static class Point implements Serializable {
        final int x, y;

        Point(int x, int y) {
            this.x = x;
            this.y = y;
        }
    }

    interface Greeter {
        String greet(String name);
    }

    static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) text.append(String.format("%02x", b));
        return text.toString();
    }

    public static void main(String[] args) throws Exception {
        byte[] text = "the quick brown fox".getBytes(StandardCharsets.UTF_8);
        System.out.println(hex(MessageDigest.getInstance("SHA-256").digest(text)));
        System.out.println(Base64.getEncoder().encodeToString(text));
        CRC32 crc = new CRC32();
        crc.update(text);
        System.out.println(crc.getValue());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (int i = 0; i < 100; i++) gzip.write(text);
        }
        System.out.println(packed.size() < 200);
        System.out.println(new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())).readAllBytes().length);
        Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec("0123456789abcdef".getBytes(), "AES"));
        System.out.println(hex(cipher.doFinal(text)));
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        new ObjectOutputStream(stored).writeObject(new Point(3, 4));
        Point point = (Point) new ObjectInputStream(new ByteArrayInputStream(stored.toByteArray())).readObject();
        System.out.println(point.x + point.y);
        Matcher matcher = Pattern.compile("(?<key>\\w+)=(?<value>\\d+)").matcher("a=1, bc=22; d=x");
        while (matcher.find()) System.out.print(matcher.group("key") + ":" + matcher.group("value") + " ");
        System.out.println("x-y_z".replaceAll("[-_]", "+"));
        Map<Integer, List<String>> lengths = Stream.of("pear", "fig", "apple", "kiwi")
            .collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.toList()));
        System.out.println(lengths);
        IntSummaryStatistics statistics = IntStream.rangeClosed(1, 10).summaryStatistics();
        System.out.println(statistics.getAverage() + " " + statistics.getMax());
        PriorityQueue<int[]> heap = new PriorityQueue<>((a, b) -> a[1] - b[1]);
        for (int i = 0; i < 5; i++) heap.add(new int[] {i, (i * 7) % 5});
        while (!heap.isEmpty()) System.out.print(heap.poll()[0] + " ");
        System.out.println();
        Map<String, Integer> cache = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                return size() > 2;
            }
        };
        for (String key : "abac".split("")) cache.merge(key, 1, Integer::sum);
        System.out.println(cache);
        System.out.println(new Random(42).ints(5, 0, 100).boxed().collect(Collectors.toList()));
        List<Integer> shuffled = Arrays.asList(1, 2, 3, 4, 5);
        Collections.shuffle(shuffled, new Random(7));
        System.out.println(shuffled);
        System.out.println(UUID.nameUUIDFromBytes(text) + " " + UUID.randomUUID().toString().length());
        Method method = String.class.getMethod("repeat", int.class);
        System.out.println(method.invoke("ab", 3));
        Greeter greeter = (Greeter) Proxy.newProxyInstance(Main.class.getClassLoader(), new Class<?>[] {Greeter.class},
            (proxy, called, arguments) -> called.getName() + " " + arguments[0]);
        System.out.println(greeter.greet("you"));
        System.out.println(DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(new ByteArrayInputStream("<a><b c='1'>t</b></a>".getBytes())).getElementsByTagName("b").item(0).getTextContent());
        System.out.println(URI.create("http://h:80/p/../q?x=1#f").normalize() + " " + ByteBuffer.allocate(8).putDouble(1.5).getLong(0));
        BitSet bits = new BitSet();
        bits.set(1, 4);
        System.out.println(bits + " " + new ArrayDeque<>(List.of(1, 2, 3)).pollLast() + " " + Optional.empty().isPresent());
        System.out.println(new Timestamp(0).getTime() + " " + "a,b,,".split(",").length + " " + " x ".strip() + "ab\ncd".lines().count());
        Logger.getLogger("test").log(Level.WARNING, "logged");
    }
}
