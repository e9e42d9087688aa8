import java.util.Arrays;

public class Main {
    public static void main(String[] args) {
        System.out.println(args.length + " arguments");
        for (int i = 0; i < args.length; i++) System.out.printf("%d: [%s] %d chars%n", i, args[i], args[i].length());
        String[] sorted = args.clone();
        Arrays.sort(sorted);
        System.out.println(String.join("|", sorted));
    }
}
