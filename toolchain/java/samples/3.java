/** Does not compile, so that the ways of the diagnostics are loaded, too. */
class Mistake {
    public static void main(String[] args) {
        int number = "text";
        String missing = undefined;
        System.out.printn(number);
    }
}
