const fn forever() -> usize {
    let mut n = 0usize;
    loop {
        n = n.wrapping_add(1);
        if n == usize::MAX {
            return n;
        }
    }
}

const ENDLESS: usize = forever();

fn main() {
    println!("ESCAPED {}", ENDLESS);
}
