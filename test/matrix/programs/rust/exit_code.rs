use std::process;

struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        println!("dropped");
    }
}

fn main() {
    {
        let _guard = Guard;
    }
    let _never_dropped = Guard;
    eprintln!("to stderr");
    process::exit(42);
}
