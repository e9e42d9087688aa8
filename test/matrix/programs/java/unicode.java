import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Scanner;

public class Main {
    private static final String grüße = "Grüße, 世界 👋🏽";

    public static void main(String[] args) throws Exception {
        System.out.println(grüße);
        System.out.println(grüße.length() + " " + grüße.codePointCount(0, grüße.length()) + " "
            + grüße.getBytes(StandardCharsets.UTF_8).length);
        System.out.println(Charset.defaultCharset() + " " + grüße.getBytes().length);
        System.out.println(new StringBuilder("añb😀").reverse());
        System.out.println("straße".toUpperCase(Locale.ROOT) + " " + "İ".toLowerCase(Locale.ROOT).length());
        System.out.println(Normalizer.normalize("é", Normalizer.Form.NFD).length());
        System.out.println(new Scanner(System.in).nextLine().codePoints().mapToObj(Integer::toHexString).reduce("", (a, b) -> a + " " + b));
        Path file = Path.of("naïve-文件.txt");
        Files.writeString(file, "ключ=значение\n");
        System.out.print(Files.readString(file));
        try (var files = Files.list(Path.of("."))) {
            files.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".txt")).forEach(System.out::println);
        }
        System.err.println("Fehler: äöü ∑");
        System.out.println(args[0] + " " + args[0].length());
    }
}
