fn start() {
    println!("never");
}
