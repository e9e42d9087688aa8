import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeMap;

public class Main {
    public static void main(String[] args) throws IOException {
        Scanner scanner = new Scanner(System.in);
        int count = scanner.nextInt();
        long sum = 0;
        for (int i = 0; i < count; i++) sum += scanner.nextLong();
        scanner.nextLine();
        System.out.println("sum " + sum);
        Map<String, Integer> words = new TreeMap<>();
        while (scanner.hasNextLine()) {
            for (String word : scanner.nextLine().trim().split("\\s+")) {
                if (!word.isEmpty()) words.merge(word.toLowerCase(), 1, Integer::sum);
            }
        }
        words.forEach((word, times) -> System.out.println(word + " " + times));
        System.out.println("end: " + System.in.read());
        System.out.println(new BufferedReader(new InputStreamReader(System.in)).readLine());
    }
}
