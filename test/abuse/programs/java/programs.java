import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

public class Main {
    private static int attempts;
    private static int succeeded;

    private static void attempt(String... command) throws InterruptedException {
        attempts++;
        try {
            Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(new File("/tmp/said")).start();
            if (process.waitFor() == 0) {
                succeeded++;
                System.out.println("ESCAPED " + List.of(command));
            }
        } catch (IOException e) {
            // Not there, or may not be run.
        }
    }

    public static void main(String[] args) throws Exception {
        attempt("su", "-c", "id");
        attempt("mount", "-t", "tmpfs", "none", "/tmp");
        attempt("umount", "/proc");
        attempt("reboot", "-f");
        attempt("chroot", "/tmp", "/bin/sh");
        attempt("unshare", "-r", "true");
        attempt("nsenter", "-t", "1", "-a", "true");
        attempt("dmesg");
        attempt("hostname", "owned");
        attempt("date", "-s", "2000-01-01");
        attempt("sh", "-c", "echo c > /proc/sysrq-trigger");
        attempt("sh", "-c", "kill -9 1");
        attempt("sh", "-c", "cat /proc/1/environ /proc/1/cmdline");
        attempt("sh", "-c", "cat /etc/shadow");
        attempt("sh", "-c", "echo x > /etc/passwd");
        // Libraries that are none.
        Path file = Path.of("/tmp/libevil.so");
        Files.write(file, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0});
        for (String name : new String[] {"/tmp/libevil.so", "/proc/self/mem", "/dev/zero", "/proc/self/exe"}) {
            attempts++;
            try {
                System.load(name);
                succeeded++;
                System.out.println("ESCAPED " + name);
            } catch (UnsatisfiedLinkError e) {
                // As it must be.
            }
        }
        System.out.println(attempts + " attempts, " + succeeded + " succeeded");
    }
}
