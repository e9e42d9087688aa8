import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Does what {@code javac -proc:none -d . Main.java} does, diagnostics and exit code included, and writes the arguments of
 * {@code java} that name the main class to a file. With TVM_WAITING in the environment it has compiled samples before it
 * opens Main.java, so that the compiler is loaded and initialised while it waits there for the source.
 */
public final class ResidentCompiler {
    private static final String SOURCE = "Main.java";
    /** Read by {@code java @file}. */
    private static final String LAUNCH = ".tvm-launch";
    private static final File SAMPLES = new File(System.getProperty("java.class.path"), "samples");
    private static final File SCRATCH = new File("/tmp/.tvm-javac");
    /** Further rounds bring ever less, and a template that is made under emulation may not take long. */
    private static final int ROUNDS = 4;
    private static final long WARM_UP_NANOS = 20_000_000_000L;

    public static void main(String[] args) throws IOException {
        if (System.getenv("TVM_WAITING") != null) {
            warmUp();
            new FileInputStream(SOURCE).close();
        }
        int exitCode = com.sun.tools.javac.Main.compile(new String[] {"-proc:none", "-d", ".", SOURCE});
        if (exitCode == 0) {
            try (FileOutputStream launch = new FileOutputStream(LAUNCH)) {
                launch.write(mainClass().getBytes(StandardCharsets.UTF_8));
            }
        }
        System.out.flush();
        System.err.flush();
        // There is nothing to end in order, and the collector's last words would only take time.
        Runtime.getRuntime().halt(exitCode);
    }

    private static void warmUp() {
        File[] samples = SAMPLES.listFiles();
        if (samples == null) return;
        Arrays.sort(samples);
        long start = System.nanoTime();
        for (int i = 0; i < ROUNDS * samples.length && System.nanoTime() - start < WARM_UP_NANOS; i++) {
            SCRATCH.mkdir();
            String[] options = {"-proc:none", "-d", SCRATCH.getPath(), samples[i % samples.length].getPath()};
            com.sun.tools.javac.Main.compile(options, new PrintWriter(new StringWriter()));
            remove(SCRATCH);
        }
        // What is still there is old by then, so that the program's own compilation seldom has to collect.
        System.gc();
    }

    private static void remove(File file) {
        File[] children = file.listFiles();
        if (children != null) for (File child : children) remove(child);
        file.delete();
    }

    /** The class Main if it has no package, or else the first class with a method main, as {@code java Main.java} does. */
    private static String mainClass() throws IOException {
        if (new File("Main.class").exists()) return "Main";
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Iterable<? extends JavaFileObject> units = files.getJavaFileObjects(SOURCE);
            JavacTask task = (JavacTask) compiler.getTask(null, files, problem -> {}, List.of("-proc:none"), null, units);
            for (CompilationUnitTree unit : task.parse()) {
                ExpressionTree name = unit.getPackageName();
                String prefix = name == null ? "" : name + ".";
                for (Tree type : unit.getTypeDecls()) {
                    if (type instanceof ClassTree && hasMain((ClassTree) type)) {
                        return prefix + ((ClassTree) type).getSimpleName();
                    }
                }
            }
        }
        // Java says what is wrong with that.
        return "Main";
    }

    private static boolean hasMain(ClassTree type) {
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree && ((MethodTree) member).getName().contentEquals("main")) return true;
        }
        return false;
    }
}
