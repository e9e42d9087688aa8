import java.util.ArrayList;
import java.util.List;

public class Main {
    @SuppressWarnings("removal")
    public static void main(String[] args) {
        List raw = new ArrayList();
        raw.add("unchecked");
        System.out.println(raw.get(0));
    }
}
