import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.element.TypeElement;

@SupportedAnnotationTypes("*")
public class Main extends AbstractProcessor {
    // The compiler would run this if it took the class for a processor.
    static {
        if (System.getProperty("sun.java.command", "").contains("Compiler")) {
            System.out.println("ESCAPED into the compiler");
            Runtime.getRuntime().halt(42);
        }
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        System.out.println("ESCAPED");
        return false;
    }

    public static void main(String[] args) throws Exception {
        int found = 0;
        for (Processor one : java.util.ServiceLoader.load(Processor.class)) found++;
        System.out.println("processors: " + found + ", arguments: " + String.join(" ", args));
    }
}
