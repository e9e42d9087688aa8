fn longest(a: &str, b: &str) -> &str {
    if a.len() > b.len() { a } else { b }
}

fn main() {
    let text = String::from("moved");
    let other = text;
    let number: i32 = "five";
    println!("{} {} {}", text, other, longest("a", "b"));
}
