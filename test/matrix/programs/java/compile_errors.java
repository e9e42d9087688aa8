import java.util.List;

public class Main {
    public static void main(String[] args) {
        int number = "text";
        String name = undefined;
        List<int> list;
        for (int i = 0; i < 3; i++) {
            number += i
        }
        System.out.println(number.length());
    }
}
