import java.util.List;

public class Main {
    static class OrderException extends RuntimeException {
        OrderException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static int parse(String text) {
        return Integer.parseInt(text);
    }

    static void order(List<String> items) {
        try {
            for (String item : items) System.out.println("item " + parse(item));
        } catch (NumberFormatException e) {
            throw new OrderException("bad order", e);
        } finally {
            System.out.println("finally");
        }
    }

    public static void main(String[] args) {
        try {
            Object[] objects = new String[1];
            objects[0] = 1;
        } catch (ArrayStoreException e) {
            System.out.println(e.getMessage());
        }
        try {
            System.out.println(1 / (args.length - args.length));
        } catch (ArithmeticException e) {
            System.out.println(e.getMessage() + " at line " + e.getStackTrace()[0].getLineNumber());
        }
        order(List.of("1", "2", "three"));
    }
}
