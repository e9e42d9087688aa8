use std::env;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    for argument in &arguments {
        println!("{argument:?} {}", argument.len());
    }
    let numbers: Result<Vec<i32>, _> = arguments.iter().map(|text| text.parse::<i32>()).collect();
    match numbers {
        Ok(numbers) => println!("sum {}", numbers.iter().sum::<i32>()),
        Err(error) => println!("{error}"),
    }
    println!("{:?} {:?}", env::var("HOME"), env::var("CARGO").is_err());
}
