use std::panic;
use std::process::Command;
use std::thread;

struct Again;

impl Drop for Again {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let mut threads = Vec::new();
    for _ in 0..1000 {
        let builder = thread::Builder::new().stack_size(16 << 10);
        match builder.spawn(|| {
            let _ = panic::catch_unwind(|| panic!("caught"));
            thread::park();
        }) {
            Ok(one) => threads.push(one),
            Err(_) => break,
        }
    }
    println!("threads: {}", if threads.len() < 1000 { "bounded" } else { "ESCAPED" });
    println!("programs: {}", match Command::new("/bin/true").status() {
        Ok(_) => "ESCAPED",
        Err(_) => "refused",
    });
    let _again = Again;
    panic!("a panic while another one goes on");
}
