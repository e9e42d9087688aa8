use std::error::Error;
use std::fmt;

#[derive(Debug)]
struct TooSmall {
    least: i64,
}

impl fmt::Display for TooSmall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "smaller than {}", self.least)
    }
}

impl Error for TooSmall {}

fn parse(text: &str) -> Result<i64, Box<dyn Error>> {
    let number: i64 = text.parse()?;
    if number < 10 {
        return Err(Box::new(TooSmall { least: 10 }));
    }
    Ok(number)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:?}", parse("12").ok());
    for text in ["x", "5"] {
        if let Err(error) = parse(text) {
            println!("{text}: {error}");
        }
    }
    parse("7")?;
    Ok(())
}
