macro_rules! forever {
    () => { forever!() };
}

fn main() {
    forever!();
}
