fn main() {
    let mut state: u64 = 1;
    for i in 0..10_000 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        println!("{:05} {:08x} abcd", i, state >> 32);
    }
}
