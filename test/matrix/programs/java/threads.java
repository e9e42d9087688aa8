import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

public class Main {
    private static long shared;

    static synchronized void add(long n) {
        shared += n;
    }

    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            int n = i;
            tasks.add(() -> {
                for (int j = 0; j < 1000; j++) add(1);
                return n * n;
            });
        }
        int sum = 0;
        for (Future<Integer> future : pool.invokeAll(tasks)) sum += future.get();
        System.out.println(sum + " " + shared);
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(2);
        CountDownLatch done = new CountDownLatch(1);
        AtomicLong received = new AtomicLong();
        Thread consumer = new Thread(() -> {
            try {
                for (int item = queue.take(); item >= 0; item = queue.take()) received.addAndGet(item);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            done.countDown();
        }, "consumer");
        consumer.start();
        for (int i = 0; i < 100; i++) queue.put(i);
        queue.put(-1);
        System.out.println(done.await(3, TimeUnit.SECONDS) + " " + received);
        CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> 20, pool)
            .thenCombine(CompletableFuture.supplyAsync(() -> 22, pool), Integer::sum)
            .thenApply(n -> "answer " + n);
        System.out.println(text.get());
        System.out.println(LongStream.rangeClosed(1, 1000).parallel().map(n -> n * n).sum());
        ConcurrentHashMap<Integer, Integer> counts = new ConcurrentHashMap<>();
        LongStream.range(0, 100).parallel().forEach(n -> counts.merge((int) (n % 3), 1, Integer::sum));
        System.out.println(counts);
        Thread sleeper = new Thread(() -> {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                System.out.println("interrupted " + Thread.currentThread().getName());
            }
        }, "sleeper");
        sleeper.start();
        sleeper.interrupt();
        sleeper.join();
        pool.shutdown();
        System.out.println(pool.awaitTermination(1, TimeUnit.SECONDS));
    }
}
