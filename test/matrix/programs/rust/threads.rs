use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Condvar, Mutex, RwLock};
use std::thread;
use std::time::Duration;

fn main() {
    let counter = Arc::new(Mutex::new(0u64));
    let atomic = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..8u64)
        .map(|i| {
            let (counter, atomic) = (Arc::clone(&counter), Arc::clone(&atomic));
            thread::spawn(move || {
                for _ in 0..1000 {
                    *counter.lock().unwrap() += i;
                    atomic.fetch_add(1, Ordering::Relaxed);
                }
                i * i
            })
        })
        .collect();
    let squares: u64 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    println!("{} {} {}", counter.lock().unwrap(), atomic.load(Ordering::SeqCst), squares);

    let (sender, receiver) = mpsc::sync_channel(2);
    for id in 0..3 {
        let sender = sender.clone();
        thread::spawn(move || (0..5).for_each(|n| sender.send(id * 10 + n).unwrap()));
    }
    drop(sender);
    let mut received: Vec<i32> = receiver.iter().collect();
    received.sort_unstable();
    println!("{received:?}");

    let mut parts = [1, 2, 3, 4];
    thread::scope(|scope| {
        for part in parts.chunks_mut(2) {
            scope.spawn(move || part.iter_mut().for_each(|x| *x *= 10));
        }
    });
    println!("{parts:?}");

    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let other = Arc::clone(&pair);
    let waiter = thread::Builder::new().name("waiter".into()).spawn(move || {
        let mut ready = other.0.lock().unwrap();
        while !*ready {
            ready = other.1.wait(ready).unwrap();
        }
        thread::current().name().map(String::from)
    });
    thread::sleep(Duration::from_millis(10));
    *pair.0.lock().unwrap() = true;
    pair.1.notify_all();
    println!("{:?}", waiter.unwrap().join().unwrap());

    let shared = RwLock::new(HashMap::from([("a", 1)]));
    shared.write().unwrap().insert("b", 2);
    println!("{}", shared.read().unwrap().values().sum::<i32>());
}
