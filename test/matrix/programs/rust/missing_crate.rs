use serde::Serialize;

#[derive(Serialize)]
struct Point {
    x: i32,
}

fn main() {
    println!("{}", Point { x: 1 }.x);
}
