fn grow<T: Clone>(value: T, depth: u32) -> usize {
    if depth == 0 {
        return std::mem::size_of::<T>();
    }
    grow((value.clone(), value), depth - 1)
}

fn main() {
    println!("{}", grow(1u8, 3));
}
