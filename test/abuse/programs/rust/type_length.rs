// Each call needs a larger type than the one before it.
fn grow<T>(value: T, depth: u64) -> usize {
    if depth == 0 {
        return std::mem::size_of::<T>();
    }
    grow((value,), depth - 1)
}

fn main() {
    println!("ESCAPED {}", grow(0u8, 1_000_000));
}
