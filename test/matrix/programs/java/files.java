import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

public class Main {
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of("data/inner"));
        try (PrintWriter writer = new PrintWriter(new FileWriter("data/a.txt"))) {
            for (int i = 1; i <= 3; i++) writer.println("line " + i);
        }
        Files.write(folder.resolve("b.txt"), List.of("one", "two"));
        Files.writeString(folder.resolve("b.txt"), "three", StandardOpenOption.APPEND);
        System.out.println(Files.readAllLines(folder.resolve("b.txt")));
        try (Stream<Path> paths = Files.walk(Path.of("data"))) {
            System.out.println(paths.map(Path::toString).sorted().collect(Collectors.joining(" ")));
        }
        try (RandomAccessFile file = new RandomAccessFile("data/a.txt", "rw")) {
            file.seek(5);
            file.write('X');
            System.out.println(file.length());
        }
        System.out.print(Files.readString(Path.of("data/a.txt")));
        try {
            Files.createFile(Path.of("data/a.txt"));
        } catch (FileAlreadyExistsException e) {
            System.out.println("exists " + e.getMessage());
        }
        try {
            Files.readString(Path.of("missing"));
        } catch (NoSuchFileException e) {
            System.out.println("missing " + e.getMessage());
        }
        Path temporary = Files.createTempFile("t", ".tmp");
        System.out.println(temporary.getParent() + " " + Files.size(temporary));
        System.out.println(Path.of("").toAbsolutePath() + " " + System.getProperty("user.home"));
        try {
            Files.writeString(Path.of("/usr/x"), "x");
        } catch (IOException e) {
            System.out.println("refused");
        }
    }
}
