package proc.self;

// A first class whose name has letters that are not to be seen, in a package that looks like a path: what starts it is a file
// of arguments that names it.
class \u0024\u0001\u007f\u00a3 {
    public static void main(String[] args) {
        System.out.println("odd names are names: " + args.length);
        System.out.close();
        System.err.close();
        System.exit(200);
    }
}

class Main {
    static {
        System.out.println("ESCAPED");
    }
}
