fn main() {
    println!("begin");
    loop {
        std::hint::spin_loop();
    }
}
