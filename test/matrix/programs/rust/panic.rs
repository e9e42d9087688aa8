use std::panic;
use std::thread;

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("dropped {}", self.0);
    }
}

fn element(list: &[i32], at: usize) -> i32 {
    let _guard = Guard("element");
    list[at]
}

fn main() {
    let caught = panic::catch_unwind(|| element(&[1, 2, 3], 7));
    println!("caught {}", caught.is_err());
    let joined = thread::spawn(|| panic!("of a thread")).join();
    println!("{:?}", joined.unwrap_err().downcast_ref::<&str>());
    let _guard = Guard("main");
    let nothing: Option<i32> = None;
    nothing.expect("a number");
}
